package dev.millrace.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * On whose behalf Postgres runs, since it refuses to run as root. An ordinary user runs it as
 * himself. For root it is, in this order: the owner of the existing cluster; root without its
 * powers, in a user namespace; the owner of the data directory; {@code postgres}; {@code nobody} —
 * the first of them who can reach the data directory.
 */
final class Account {
  private static final int ROOT = 0;

  private final List<String> prefix;
  private final int uid;
  private final int gid;

  private Account(List<String> prefix, int uid, int gid) {
    this.prefix = prefix;
    this.uid = uid;
    this.gid = gid;
  }

  /**
   * Chooses one.
   *
   * @throws EmbeddedServiceException if this is root and nobody else can be found to run it
   */
  static Account forCluster(Path cluster, Path dataDir) throws IOException {
    int self = id(Path.of("/proc/self"), "uid");
    if (self != ROOT) {
      return new Account(List.of(), self, id(Path.of("/proc/self"), "gid"));
    }
    if (Files.exists(cluster) && id(cluster, "uid") != ROOT) {
      return first(Stream.of(ownerOf(cluster)), dataDir);
    }
    var candidates = new ArrayList<Account>();
    withoutPowers().ifPresent(candidates::add);
    if (id(dataDir, "uid") != ROOT) {
      candidates.add(ownerOf(dataDir));
    }
    Stream.of("postgres", "nobody").flatMap(name -> named(name).stream()).forEach(candidates::add);
    return first(candidates.stream(), dataDir);
  }

  private static Account first(Stream<Account> candidates, Path dataDir) {
    return candidates
        .filter(account -> account.reaches(dataDir))
        .findFirst()
        .orElseThrow(
            () ->
                new EmbeddedServiceException(
                    ("Postgres does not run as root, and no other account that can reach %s can be taken on here: run this "
                            + "as an ordinary user, or choose a data directory that everybody may enter")
                        .formatted(dataDir)));
  }

  private static Optional<Account> withoutPowers() {
    List<String> unshare = List.of("unshare", "--user");
    return Programs.output(Stream.concat(unshare.stream(), Stream.of("id", "-u")).toList())
        .filter(uidInside -> !uidInside.strip().equals("0"))
        .map(works -> new Account(unshare, ROOT, ROOT));
  }

  private static Optional<Account> named(String user) {
    return Programs.output(List.of("id", "-u", user))
        .flatMap(
            uid ->
                Programs.output(List.of("id", "-g", user))
                    .map(
                        gid ->
                            other(Integer.parseInt(uid.strip()), Integer.parseInt(gid.strip()))));
  }

  private static Account ownerOf(Path path) throws IOException {
    return other(id(path, "uid"), id(path, "gid"));
  }

  private static Account other(int uid, int gid) {
    return new Account(
        List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--"), uid, gid);
  }

  private static int id(Path path, String which) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:" + which);
  }

  /** Whether it may enter this directory. */
  boolean reaches(Path directory) {
    return prefix.isEmpty()
        || Programs.succeeds(command(List.of("sh", "-c", "cd \"$0\"", directory.toString())));
  }

  /** The same command, run on behalf of this account, as the same process. */
  List<String> command(List<String> command) {
    return Stream.concat(prefix.stream(), command.stream()).toList();
  }

  /**
   * Gives it the file, or the directory with all in it; the top last, so that a broken-off attempt
   * shows.
   */
  void own(Path path) throws IOException {
    if (id(path, "uid") != uid) {
      FileTrees.forEachBottomUp(
          path,
          file -> {
            Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(file, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
          });
    }
  }
}
