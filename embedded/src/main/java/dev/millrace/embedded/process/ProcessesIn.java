package dev.millrace.embedded.process;

import dev.millrace.embedded.EmbeddedServiceException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The processes that bear one of some names and work in one directory. The directory is compared by
 * device and inode, so that a container's like-named path does not match. A process that ended but
 * was not yet waited for is none of them.
 */
public record ProcessesIn(Path directory, Set<String> names) {
  static final Path PROC = Path.of("/proc");

  List<ProcessHandle> find() {
    if (!Files.exists(directory)) {
      return List.of();
    }
    var found = new ArrayList<ProcessHandle>();
    try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (isOne(process)) {
          ProcessHandle.of(Long.parseLong(process.getFileName().toString())).ifPresent(found::add);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new EmbeddedServiceException(
          "the processes of this machine could not be listed in /proc", e);
    }
    return found;
  }

  private boolean isOne(Path process) {
    try {
      return names.contains(Files.readString(process.resolve("comm")).strip())
          && Files.isSameFile(process.resolve("cwd"), directory);
    } catch (IOException endedOrNotOurs) {
      return false;
    }
  }

  /**
   * SIGKILL to all, and the wait until they are gone.
   *
   * @throws EmbeddedServiceException if one does not go
   */
  public void kill() {
    find().forEach(ProcessHandle::destroyForcibly);
    if (!goneWithin(Duration.ofSeconds(10))) {
      throw new EmbeddedServiceException(
          "processes %s of an earlier run still work in %s and cannot be killed"
              .formatted(find().stream().map(ProcessHandle::pid).toList(), directory));
    }
  }

  boolean goneWithin(Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    while (!find().isEmpty()) {
      if (System.nanoTime() > end) {
        return false;
      }
      pause();
    }
    return true;
  }

  private void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedServiceException(
          "interrupted while waiting for the processes of an earlier run in " + directory, e);
    }
  }
}
