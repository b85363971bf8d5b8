package dev.millrace.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the {@code redis-server} to run: the machine's if it is newer than the one that travels in
 * a jar, else that one.
 */
final class RedisProgram {
  static final String NAME = "redis-server";

  private static final String RESOURCE = "/redis-server-6.2.6-v5-linux-amd64";
  // What that program says it is; its file name is behind.
  private static final int[] CARRIED = {6, 2, 11};
  private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.(\\d+)\\.(\\d+)");

  private RedisProgram() {}

  static Path provide(Path dataDir) throws IOException {
    Optional<Path> newer = Programs.find(NAME).filter(RedisProgram::isNewer);
    if (newer.isPresent()) {
      return newer.get();
    }
    if (!Platform.isLinuxOnX86()) {
      throw new EmbeddedServiceException(
          "embedded Redis runs on Linux on x86-64 only, this is %s: put a redis-server newer than 6.2 on the PATH, or set REDIS_URL to a server of your own"
              .formatted(Platform.name()));
    }
    return BinaryCache.preferringUserCache(dataDir)
        .provide(
            "redis",
            RESOURCE,
            anyPlace -> true,
            (program, directory) -> {
              Path file = directory.resolve(NAME);
              Files.copy(program, file);
              Files.setPosixFilePermissions(file, Permissions.PROGRAM);
            })
        .resolve(NAME);
  }

  private static boolean isNewer(Path program) {
    return Programs.output(List.of(program.toString(), "--version"))
        .map(VERSION::matcher)
        .filter(Matcher::find)
        .map(version -> new int[] {part(version, 1), part(version, 2), part(version, 3)})
        .filter(version -> Arrays.compare(version, CARRIED) > 0)
        .isPresent();
  }

  private static int part(Matcher version, int group) {
    return Integer.parseInt(version.group(group));
  }
}
