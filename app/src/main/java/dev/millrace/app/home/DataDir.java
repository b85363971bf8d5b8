package dev.millrace.app.home;

import dev.millrace.app.Refusal;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The directory a process keeps its data in.
 *
 * @param path absolute; exists and can be written
 */
public record DataDir(Path path) {

  /**
   * Makes the directory if it is absent.
   *
   * @throws Refusal when nothing can be written there
   */
  public static DataDir open(Path path) {
    try {
      Path real = Files.createDirectories(path.toAbsolutePath()).toRealPath();
      Files.delete(Files.createTempFile(real, ".probe", ""));
      return new DataDir(real);
    } catch (IOException e) {
      throw new Refusal(
          "the data directory "
              + path
              + " cannot be written: "
              + reason(e)
              + "; choose another with --data or MILLRACE_DATA_DIR",
          e);
    }
  }

  /** Half a sentence: the bare message of an {@link IOException} is often only a path. */
  static String reason(IOException e) {
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

  public AdminKeyFile adminKey() {
    return new AdminKeyFile(path.resolve("admin-key"));
  }
}
