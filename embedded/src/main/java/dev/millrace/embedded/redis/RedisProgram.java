package dev.millrace.embedded.redis;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.files.BinaryCache;
import dev.millrace.embedded.files.Layout;
import dev.millrace.embedded.files.Permissions;
import dev.millrace.embedded.process.OsUser;
import dev.millrace.embedded.process.Platform;
import dev.millrace.embedded.process.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Redis server program: an installed one without the known vulnerabilities; else the newest of
 * the installed ones and the one in the jar, with a warning in the log.
 *
 * @param version three numbers, as the program prints them
 */
public record RedisProgram(Path path, List<Integer> version, boolean isValkey) {
  static final String NAME = "redis-server";
  static final String VALKEY = "valkey-server";

  private static final Logger LOG = LoggerFactory.getLogger(RedisProgram.class);

  /**
   * A program in the jar.
   *
   * @param version that it prints; its file name may have an older one
   */
  private record Carried(String resource, List<Integer> version) {}

  private static final Map<Platform, Carried> CARRIED =
      Map.of(
          Platform.LINUX_X86,
          new Carried("/redis-server-6.2.6-v5-linux-amd64", List.of(6, 2, 11)),
          Platform.LINUX_ARM,
          new Carried("/redis-server-6.2.7-linux-arm64", List.of(6, 2, 7)),
          Platform.MAC_ARM,
          new Carried("/redis-server-6.2.6-v5-darwin-arm64", List.of(6, 2, 6)));

  private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.(\\d+)\\.(\\d+)");

  /**
   * The first of each line without CVE-2025-49844 (a script reads freed memory); later lines have
   * none.
   */
  private static final List<List<Integer>> REDIS_FLOORS =
      List.of(
          List.of(6, 2, 20),
          List.of(7, 2, 11),
          List.of(7, 4, 6),
          List.of(8, 0, 4),
          List.of(8, 2, 2));

  private static final List<List<Integer>> VALKEY_FLOORS =
      List.of(List.of(7, 2, 11), List.of(8, 0, 6), List.of(8, 1, 4), List.of(9, 0, 0));

  public RedisProgram {
    version = List.copyOf(version);
  }

  static RedisProgram provide(Path dataDir, OsUser osUser) throws IOException {
    List<RedisProgram> installed =
        Stream.of(NAME, VALKEY).flatMap(name -> installed(name, osUser).stream()).toList();
    Optional<RedisProgram> sound = installed.stream().filter(RedisProgram::isSound).findFirst();
    if (sound.isPresent()) {
      return sound.get();
    }
    Optional<Carried> carried = Platform.here().map(CARRIED::get);
    List<Integer> least = carried.map(Carried::version).orElse(List.of(6, 2, 0));
    RedisProgram found =
        installed.stream()
            .filter(program -> compare(program.version, least) > 0)
            .max((a, b) -> compare(a.version, b.version))
            .or(() -> carried.map(program -> unpacked(program, dataDir, osUser)))
            .orElseThrow(
                () ->
                    new EmbeddedServiceException(
                        "there is no embedded Redis for %s: put a redis-server newer than 6.2 on the PATH, or set REDIS_URL to a server of your own"
                            .formatted(Platform.machine())));
    LOG.warn(
        "{} {} has known vulnerabilities (CVE-2025-49844 among them) for clients that have its password; put a redis-server"
            + " of at least 8.2.2, 7.4.6 or 7.2.11 on the PATH, or set REDIS_URL",
        found.isValkey ? "Valkey" : "Redis",
        found.versionText());
    return found;
  }

  private static RedisProgram unpacked(Carried program, Path dataDir, OsUser osUser) {
    try {
      Path file =
          BinaryCache.preferringUserCache(dataDir)
              .provide(
                  "redis",
                  program.resource(),
                  osUser::reaches,
                  (content, directory) -> {
                    Path target = directory.resolve(NAME);
                    Files.copy(content, target);
                    Files.setPosixFilePermissions(target, Permissions.PROGRAM);
                  })
              .resolve(NAME);
      return new RedisProgram(file, program.version(), false);
    } catch (IOException e) {
      throw new EmbeddedServiceException(
          "the program of Redis cannot be unpacked: " + Layout.reason(e), e);
    }
  }

  private static Optional<RedisProgram> installed(String name, OsUser osUser) {
    return Programs.find(name)
        .flatMap(
            path ->
                // as the account that will run it, which may see another machine than root does
                Programs.output(osUser.command(List.of(path.toString(), "--version")))
                    .map(VERSION::matcher)
                    .filter(Matcher::find)
                    .map(
                        version ->
                            new RedisProgram(
                                path,
                                List.of(part(version, 1), part(version, 2), part(version, 3)),
                                name.equals(VALKEY))));
  }

  /** Whether its version is at or above the floor of its line. */
  public boolean isSound() {
    List<List<Integer>> floors = isValkey ? VALKEY_FLOORS : REDIS_FLOORS;
    return floors.stream()
        .filter(floor -> floor.subList(0, 2).equals(version.subList(0, 2)))
        .findFirst()
        .map(floor -> compare(version, floor) >= 0)
        .orElseGet(() -> compare(version, floors.get(floors.size() - 1)) > 0);
  }

  /** Whether it knows a command that came with this version. */
  boolean isAtLeast(int major, int minor) {
    return compare(version, List.of(major, minor, 0)) >= 0;
  }

  String versionText() {
    return version.get(0) + "." + version.get(1) + "." + version.get(2);
  }

  private static int compare(List<Integer> a, List<Integer> b) {
    return Arrays.compare(a.toArray(Integer[]::new), b.toArray(Integer[]::new));
  }

  private static int part(Matcher version, int group) {
    return Integer.parseInt(version.group(group));
  }
}
