package dev.millrace.app.home;

import dev.millrace.app.error.UserError;
import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.UsedUp;
import dev.millrace.embedded.files.TrustedPlace;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The directory a process keeps its data in.
 *
 * @param path absolute; exists and can be written
 */
public record DataDir(Path path) {

  private static final Set<String> OF_THE_SERVICES = Set.of("postgres", "redis");

  /**
   * Creates the directory if it is absent, accessible to this account only.
   *
   * @throws UserError when nothing can be written there
   * @throws EmbeddedServiceException when another account can change what is kept there, or could
   *     until now
   */
  public static DataDir open(Path path) {
    try {
      Path real = TrustedPlace.privateDirectory(path);
      checkEntries(real);
      Files.delete(Files.createTempFile(real, ".probe", ""));
      return new DataDir(real);
    } catch (IOException e) {
      String elsewhere = "; choose another with --data or MILLRACE_DATA_DIR";
      throw new UserError(
          "the data directory "
              + path
              + " cannot be written: "
              + UsedUp.of(e).orElseGet(() -> reason(e) + elsewhere),
          e);
    }
  }

  /** What the services keep is theirs to check, and may be their account's. */
  private static void checkEntries(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.equals("plugins")) {
          TrustedPlace.checkTree(entry);
        } else {
          boolean service =
              OF_THE_SERVICES.contains(name) || name.startsWith("postgres.unfinished-");
          TrustedPlace.checkEntry(entry, owner -> service);
        }
      }
    }
  }

  /** Half a sentence: the bare message of an {@link IOException} is often only a path. */
  static String reason(IOException e) {
    Optional<String> limit = UsedUp.of(e);
    if (limit.isPresent()) {
      return limit.get();
    }
    if (e instanceof FileAlreadyExistsException exists) {
      return exists.getFile() + " is not a directory";
    }
    if (e instanceof NoSuchFileException missing) {
      return "nothing can be made at " + missing.getFile();
    }
    if (e instanceof AccessDeniedException denied) {
      return "no permission for " + denied.getFile();
    }
    if (e instanceof FileSystemException failed && failed.getReason() != null) {
      return failed.getReason() + " (" + failed.getFile() + ")";
    }
    return String.valueOf(e.getMessage());
  }

  /** What embedded services keep. */
  public Path services() {
    return path;
  }

  /** The made-up sheets of the demo. */
  public Path sheets() {
    return path.resolve("sheets");
  }

  /** Jars that bring kinds of their own; may not exist. */
  public Path plugins() {
    return path.resolve("plugins");
  }

  public Path log() {
    return path.resolve("millrace.log");
  }

  /** The same, made if it is absent, for its owner alone to read. */
  public Path privateLog() {
    try {
      TrustedPlace.makePrivateFile(log());
      return log();
    } catch (IOException e) {
      throw new UserError("the log " + log() + " cannot be made: " + reason(e), e);
    }
  }

  public AdminKeyFile adminKey() {
    return new AdminKeyFile(path.resolve("admin-key"));
  }
}
