package dev.millrace.app.process;

import dev.millrace.app.error.UserError;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that this one belongs to: when it ends, however it does, this one stops as at a
 * SIGTERM. A process that gets its number later is another one: the JDK compares the start times.
 */
public final class ParentProcess {
  private static final Logger log = LoggerFactory.getLogger(ParentProcess.class);

  private ParentProcess() {}

  /**
   * Watches a process.
   *
   * @throws UserError when none with that number runs, or it is this one
   */
  public static void watch(long pid, StopSignal stop) {
    if (pid == ProcessHandle.current().pid()) {
      throw new UserError("--with-parent " + pid + " is this process");
    }
    ProcessHandle parent =
        ProcessHandle.of(pid)
            .filter(ProcessHandle::isAlive)
            .orElseThrow(() -> new UserError("--with-parent " + pid + ": no such process runs"));
    CompletableFuture<Void> unused =
        parent
            .onExit()
            .thenAccept(
                ended -> {
                  log.info("process {} has ended, so this one stops", pid);
                  stop.request();
                });
  }
}
