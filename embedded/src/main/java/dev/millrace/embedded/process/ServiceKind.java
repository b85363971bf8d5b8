package dev.millrace.embedded.process;

import dev.millrace.embedded.EmbeddedServiceException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What distinguishes one service from another; {@link Service} does the rest. */
public interface ServiceKind {
  /** Its name in a sentence: {@code Postgres}. */
  String title();

  /** The names the kernel may know its processes by ({@code /proc/PID/comm}). */
  Set<String> processNames();

  /** Signals that stop it, the gentlest first. */
  List<String> stopSignals();

  /**
   * Makes the directory ready to be served on this port. Called before each start, with the lock
   * held and no process left.
   *
   * @return the command that serves it in the foreground
   */
  List<String> prepare(int port) throws IOException;

  /**
   * Asks the server something only a ready one answers.
   *
   * @return false if it is still coming up
   * @throws EmbeddedServiceException if it will never be ready
   */
  boolean answers(int port) throws IOException;

  /** Long enough for a replay of the whole log after a crash. */
  default Duration startDeadline() {
    return Duration.ofMinutes(3);
  }
}
