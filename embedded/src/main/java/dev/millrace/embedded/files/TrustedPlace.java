package dev.millrace.embedded.files;

import dev.millrace.embedded.EmbeddedServiceException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Places on disk that no other account can change: owned by us or by root, writable by their owner
 * alone, reached without a link of another account's. A directory that another account prepared is
 * refused, not repaired: what lies in it may be its.
 */
public final class TrustedPlace {
  private static final int ROOT = 0;
  private static final int GROUP_WRITES = 0020;
  private static final int OTHERS_WRITE = 0002;
  private static final int STICKY = 01000;
  private static final int OTHERS = 0077;
  private static final String PRIVATE_DIRECTORY = "rwx------";
  private static final String PRIVATE_FILE = "rw-------";

  private TrustedPlace() {}

  /**
   * Creates a directory that only this account can access, if it is absent, and removes the rights
   * of other accounts from one that this account owns.
   *
   * @return where it really is
   * @throws EmbeddedServiceException if another account may change it or its way
   * @throws IOException if it cannot be made
   */
  public static Path privateDirectory(Path directory) throws IOException {
    Path given = directory.toAbsolutePath().normalize();
    checkWay(given);
    if (!Files.isDirectory(given)) {
      Files.createDirectories(
          given,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE_DIRECTORY)));
    }
    Path real = given.toRealPath();
    checkWay(real);
    Attributes own = Attributes.of(real);
    if (own.uid() == self() && (own.mode() & OTHERS) != 0) {
      Files.setPosixFilePermissions(real, PosixFilePermissions.fromString(PRIVATE_DIRECTORY));
    }
    return real;
  }

  /**
   * Checks an entry of a directory, if it exists; removes the rights of other accounts from a file
   * that this account owns.
   *
   * @param owner further accounts that may own it
   * @throws EmbeddedServiceException if it is a link, or another account owns or may change it
   */
  public static void checkEntry(Path entry, IntPredicate owner) throws IOException {
    if (!Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Attributes found = Attributes.of(entry);
    Optional<String> why = distrust(found, owner);
    if (why.isPresent()) {
      throw refused(entry, why.get());
    }
    if (found.uid() == self() && !found.directory() && (found.mode() & OTHERS) != 0) {
      Files.setPosixFilePermissions(entry, PosixFilePermissions.fromString(PRIVATE_FILE));
    }
  }

  /**
   * Why a file is not to be used, as {@link #checkEntry} says it; empty: it may be. Changes
   * nothing.
   *
   * @throws IOException if there is no such file
   */
  public static Optional<String> distrust(Path file) throws IOException {
    return distrust(Attributes.of(file), nobodyElse -> false);
  }

  private static Optional<String> distrust(Attributes found, IntPredicate owner)
      throws IOException {
    if (found.link()) {
      return Optional.of("is a symbolic link, which is not followed here");
    }
    if (!ours(found.uid()) && !owner.test(found.uid())) {
      return Optional.of("belongs to the account " + found.uid());
    }
    return writableByOthers(found)
        ? Optional.of("can be written by other accounts")
        : Optional.empty();
  }

  /** As {@link #checkEntry}, for all that lies below it as well. */
  public static void checkTree(Path top) throws IOException {
    checkEntry(top, nobodyElse -> false);
    if (Files.isDirectory(top, LinkOption.NOFOLLOW_LINKS)) {
      try (var entries = Files.newDirectoryStream(top)) {
        for (Path entry : entries) {
          checkTree(entry);
        }
      }
    }
  }

  /** A file that only its owner can read, created if it is absent. */
  public static void makePrivateFile(Path file) throws IOException {
    try {
      Files.createFile(
          file,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE_FILE)));
    } catch (FileAlreadyExistsException made) {
      // it existed, or another process created it at the same time
    }
    checkEntry(file, nobodyElse -> false);
  }

  /**
   * Checks a secret that is about to be read.
   *
   * @throws EmbeddedServiceException if it is not a file of this account or root that no other
   *     account can read
   */
  public static void checkSecret(Path file) throws IOException {
    Attributes found = Attributes.of(file);
    if (found.link() || found.directory()) {
      throw refused(file, "is not a plain file");
    }
    if (!ours(found.uid())) {
      throw refused(file, "belongs to the account " + found.uid());
    }
    if ((found.mode() & OTHERS) != 0) {
      throw refused(file, "can be read by other accounts: take their rights away (chmod 600)");
    }
  }

  /**
   * Whether programs may be run from a directory: no other account can change it or the way to it.
   */
  static boolean isTrusted(Path directory) throws IOException {
    try {
      checkWay(directory.toAbsolutePath().normalize());
      checkWay(directory.toRealPath());
      return true;
    } catch (EmbeddedServiceException prepared) {
      return false;
    }
  }

  /** Every existing step from the root directory on; a link counts as one step. */
  private static void checkWay(Path place) throws IOException {
    Path step = place.getRoot();
    checkStep(step, place);
    for (Path name : place) {
      step = step.resolve(name);
      if (!Files.exists(step, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      checkStep(step, place);
    }
  }

  private static void checkStep(Path step, Path place) throws IOException {
    Attributes found = Attributes.of(step);
    if (!ours(found.uid())) {
      throw refused(
          place,
          (step.equals(place) ? "belongs" : "lies under " + step + ", which belongs")
              + " to the account "
              + found.uid());
    }
    boolean last = step.equals(place);
    boolean renamesOnlyItsOwn = !last && (found.mode() & STICKY) != 0;
    if (!found.link() && writableByOthers(found) && !renamesOnlyItsOwn) {
      throw refused(
          place,
          (last ? "can" : "lies under " + step + ", which can")
              + " be written by other accounts (chmod go-w)");
    }
  }

  private static boolean writableByOthers(Attributes found) throws IOException {
    boolean byGroup =
        (found.mode() & GROUP_WRITES) != 0 && found.gid() != ROOT && found.gid() != selfGroup();
    return byGroup || (found.mode() & OTHERS_WRITE) != 0;
  }

  private static boolean ours(int uid) throws IOException {
    return uid == ROOT || uid == self();
  }

  public static int self() throws IOException {
    return (Integer) Files.getAttribute(ourselves(), "unix:uid");
  }

  public static int selfGroup() throws IOException {
    return (Integer) Files.getAttribute(ourselves(), "unix:gid");
  }

  private static Path ourselves() {
    Path process = Path.of("/proc/self");
    return Files.exists(process) ? process : Path.of(System.getProperty("user.home"));
  }

  private static EmbeddedServiceException refused(Path place, String why) {
    return new EmbeddedServiceException(
        "%s is not used: it %s. Choose a place of your own with --data or MILLRACE_DATA_DIR"
            .formatted(place, why));
  }

  private record Attributes(int uid, int gid, int mode, boolean link, boolean directory) {
    private static Object value(Map<String, Object> all, String name) {
      return Objects.requireNonNull(all.get(name), name);
    }

    static Attributes of(Path path) throws IOException {
      Map<String, Object> all =
          Files.readAttributes(
              path, "unix:uid,gid,mode,isSymbolicLink,isDirectory", LinkOption.NOFOLLOW_LINKS);
      return new Attributes(
          (Integer) value(all, "uid"),
          (Integer) value(all, "gid"),
          (Integer) value(all, "mode"),
          (Boolean) value(all, "isSymbolicLink"),
          (Boolean) value(all, "isDirectory"));
    }
  }
}
