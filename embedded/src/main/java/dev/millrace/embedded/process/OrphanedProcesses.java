package dev.millrace.embedded.process;

import dev.millrace.embedded.files.DirectoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a dead JVM, or a killed master process, left running of a service. Call only with the {@link
 * DirectoryLock} held: then no living process owns it.
 */
final class OrphanedProcesses {
  // A little more than supervise.sh gives the first signal: it may be alive and about to stop the
  // service itself.
  private static final Duration GENTLE = Duration.ofSeconds(10);

  private final ServiceKind kind;
  private final ProcessesIn inhabitants;

  OrphanedProcesses(ServiceKind kind, Path serviceDir) {
    this.kind = kind;
    this.inhabitants = new ProcessesIn(serviceDir, kind.processNames());
  }

  /** Stops them all, the gentle way first; returns whether there were any. */
  boolean stop() {
    List<ProcessHandle> found = inhabitants.find();
    if (found.isEmpty()) {
      return false;
    }
    // Orphaned children of a dead postmaster have no order to end in, and its signals mean other
    // things to them.
    List<ProcessHandle> masters = found.stream().filter(this::isMaster).toList();
    for (ProcessHandle master : masters) {
      String signal = kind.stopSignals().get(0);
      Programs.succeeds(
          List.of("sh", "-c", "kill -CONT $1; kill -$0 $1", signal, "" + master.pid()));
    }
    if (masters.isEmpty() || !inhabitants.goneWithin(GENTLE)) {
      inhabitants.kill();
    }
    return true;
  }

  /** Postgres calls its children {@code postgres: checkpointer} and the like. */
  private boolean isMaster(ProcessHandle process) {
    try {
      String title = Files.readString(ProcessesIn.PROC.resolve(process.pid() + "/cmdline"));
      return kind.processNames().stream().noneMatch(name -> title.startsWith(name + ": "));
    } catch (IOException ended) {
      return false;
    }
  }
}
