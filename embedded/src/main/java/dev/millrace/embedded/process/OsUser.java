package dev.millrace.embedded.process;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.files.FileTrees;
import dev.millrace.embedded.files.Permissions;
import dev.millrace.embedded.files.TrustedPlace;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The account that an embedded service runs as. An ordinary user runs it as itself. Root runs it as
 * the account {@code millrace} if there is one, else as a number without an account, so that a
 * service cannot change root's files and shares its own with no account.
 *
 * <p>The account need not be able to reach the data directory: a service is started inside its own
 * directory and calls it {@link #HERE}.
 */
public final class OsUser {
  /** The directory that supervise.sh opened for the service, however closed those above are. */
  public static final Path HERE = Path.of("/proc/self/fd/9");

  private static final int ROOT = 0;

  // numbers that neither distributions nor systemd assign
  private static final int FIRST_FREE = 65_520;
  private static final int LAST_FREE = 65_533;

  /** Accounts without a login. */
  private static final List<String> IDLE =
      List.of("games", "news", "uucp", "irc", "lp", "mail", "daemon", "bin");

  private final int uid;
  private final int gid;
  private final boolean self;

  private OsUser(int uid, int gid, boolean self) {
    this.uid = uid;
    this.gid = gid;
    this.self = self;
  }

  /**
   * The account for services.
   *
   * @throws EmbeddedServiceException if this is root and cannot become another account
   */
  public static OsUser forServices() throws IOException {
    int self = TrustedPlace.self();
    if (self != ROOT) {
      return new OsUser(self, TrustedPlace.selfGroup(), true);
    }
    OsUser osUser =
        named("millrace")
            .orElseGet(
                () ->
                    IntStream.rangeClosed(FIRST_FREE, LAST_FREE)
                        .filter(uid -> Programs.output(List.of("id", "-un", "" + uid)).isEmpty())
                        .mapToObj(uid -> new OsUser(uid, uid, false))
                        .findFirst()
                        .orElseThrow(() -> refused("no number for an account is free")));
    if (Programs.find("setpriv").isEmpty()) {
      throw refused("the program setpriv of util-linux, which changes the account, is not there");
    }
    String became = Programs.output(osUser.command(List.of("id", "-u"))).orElse("").strip();
    if (!became.equals(Integer.toString(osUser.uid))) {
      throw refused("it cannot become the account " + osUser.uid + " with setpriv");
    }
    return osUser;
  }

  /**
   * The account that initialises a cluster, for {@code initdb} insists on a name: this one if it
   * has one, else an idle account of the machine that runs nothing.
   */
  public OsUser forInitialising() throws IOException {
    if (self || Programs.output(List.of("id", "-un", "" + uid)).isPresent()) {
      return this;
    }
    for (String name : IDLE) {
      Optional<OsUser> idle = named(name).filter(osUser -> osUser.uid != ROOT);
      if (idle.isPresent() && !runsAnything(idle.get().uid)) {
        return idle.get();
      }
    }
    throw refused("none of the accounts " + String.join(", ", IDLE) + " is idle");
  }

  private static EmbeddedServiceException refused(String why) {
    return new EmbeddedServiceException(
        "embedded services do not run as root, and "
            + why
            + ": run Millrace as an ordinary user, make an account named millrace, or set DATABASE_URL and REDIS_URL to servers of your own");
  }

  private static boolean runsAnything(int uid) throws IOException {
    try (var processes = Files.newDirectoryStream(ProcessesIn.PROC, "[0-9]*")) {
      for (Path process : processes) {
        try {
          if (Files.getAttribute(process, "unix:uid").equals(uid)) {
            return true;
          }
        } catch (IOException e) {
          // it has ended since
        }
      }
      return false;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static Optional<OsUser> named(String user) {
    return Programs.output(List.of("id", "-u", user))
        .flatMap(
            uid ->
                Programs.output(List.of("id", "-g", user))
                    .map(
                        gid ->
                            new OsUser(
                                Integer.parseInt(uid.strip()),
                                Integer.parseInt(gid.strip()),
                                false)));
  }

  /** Whether it may own what a service writes. */
  public boolean is(int otherUid) {
    return uid == otherUid;
  }

  /** Whether it may enter this directory. */
  public boolean reaches(Path directory) {
    return self
        || Programs.succeeds(command(List.of("sh", "-c", "cd \"$0\"", directory.toString())));
  }

  /** The same command, run on behalf of this account, as the same process. */
  public List<String> command(List<String> command) {
    if (self) {
      return command;
    }
    List<String> become =
        List.of(
            "setpriv",
            "--reuid=" + uid,
            "--regid=" + gid,
            "--clear-groups",
            "--inh-caps=-all",
            "--no-new-privs",
            "--");
    return Stream.concat(become.stream(), command.stream()).toList();
  }

  /**
   * Gives it the file, or the directory with all in it; the top last, so that a broken-off attempt
   * shows.
   */
  public void own(Path path) throws IOException {
    if (!Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(uid)) {
      FileTrees.forEachBottomUp(
          path,
          file -> {
            Files.setAttribute(file, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
          });
    }
  }

  /** A directory of its own that no other account may enter, made if it is absent. */
  public void ownDirectory(Path directory) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(directory);
    }
    Files.setPosixFilePermissions(directory, Permissions.PRIVATE_DIRECTORY);
    own(directory);
  }

  /** Replaces a file in a directory of this account; a link in its place is not followed. */
  public void write(Path file, String content) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    Files.createFile(draft, Permissions.privateFile());
    Files.writeString(draft, content, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    own(draft);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
