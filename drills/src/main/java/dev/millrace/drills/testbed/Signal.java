package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import java.io.IOException;

/** Signals that Java has no call for. */
final class Signal {
  private Signal() {}

  /** Sends it and comes back when it is sent. */
  static void send(String signal, long pid) {
    try {
      int status = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid).start().waitFor();
      if (status != 0) {
        throw new DrillException("SIG" + signal + " could not be sent to process " + pid);
      }
    } catch (IOException e) {
      throw new DrillException("SIG" + signal + " could not be sent to process " + pid, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DrillException("interrupted while sending SIG" + signal, e);
    }
  }

  /** SIGKILL to a process that is not a child of ours to wait for. */
  static void kill(long pid) {
    ProcessHandle.of(pid)
        .ifPresent(
            process -> {
              process.destroyForcibly();
              process.onExit().join();
            });
  }
}
