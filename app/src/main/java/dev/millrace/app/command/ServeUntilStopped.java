package dev.millrace.app.command;

import dev.millrace.app.process.Node;
import dev.millrace.app.process.StopSignal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a process until somebody wants it to stop. */
final class ServeUntilStopped {
  private static final Logger log = LoggerFactory.getLogger(ServeUntilStopped.class);

  private ServeUntilStopped() {}

  /** Answers the exit code: 0, for a stop in good order is what was wanted. */
  static int untilStopped(Node.Plan plan) {
    StopSignal stop = StopSignal.install();
    try (Node node = Node.start(plan)) {
      log.info("{} started data={}", node.name(), plan.dataDir().path());
      stop.await();
    }
    return 0;
  }
}
