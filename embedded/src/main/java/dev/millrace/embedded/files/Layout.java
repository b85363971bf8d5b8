package dev.millrace.embedded.files;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.UsedUp;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The paths of one service in a data directory; Postgres and Redis may share one.
 *
 * @param dataDir absolute, exists, without symbolic links
 * @param name {@code postgres} or {@code redis}
 */
public record Layout(Path dataDir, String name) {
  /** Creates the data directory if it is absent. */
  public static Layout in(Path dataDir, String name) {
    try {
      return new Layout(TrustedPlace.privateDirectory(dataDir), name);
    } catch (IOException e) {
      throw unusable(dataDir, e);
    }
  }

  /** What the service itself writes; its working directory. */
  public Path serviceDir() {
    return dataDir.resolve(name);
  }

  public Path log() {
    return dataDir.resolve(name + ".log");
  }

  Path lock() {
    return dataDir.resolve(name + ".lock");
  }

  /** Keeps the log of the previous run as {@code .log.1}. */
  public void turnLog() throws IOException {
    if (Files.exists(log())) {
      Files.move(log(), dataDir.resolve(name + ".log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
    TrustedPlace.makePrivateFile(log());
  }

  public EmbeddedServiceException unusable(IOException cause) {
    return unusable(dataDir, cause);
  }

  private static EmbeddedServiceException unusable(Path dataDir, IOException cause) {
    return new EmbeddedServiceException(
        "data directory %s cannot be used: %s".formatted(dataDir, reason(cause)), cause);
  }

  /**
   * Half a sentence for the person at the terminal; the bare message of an {@link IOException} is
   * often only a path.
   */
  public static String reason(IOException e) {
    Optional<String> limit = UsedUp.of(e);
    if (limit.isPresent()) {
      return limit.get();
    }
    if (e instanceof FileAlreadyExistsException exists) {
      return exists.getFile() + " is not a directory";
    }
    if (e instanceof AccessDeniedException denied) {
      return "permission to write %s is denied".formatted(denied.getFile());
    }
    if (e instanceof FileSystemException f && f.getReason() != null) {
      return "%s (%s)".formatted(f.getReason(), f.getFile());
    }
    return String.valueOf(e.getMessage());
  }
}
