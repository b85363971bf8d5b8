package dev.millrace.drills.child;

import dev.millrace.NoDeserialization;
import java.io.IOException;

/**
 * A process of a drill. It ends when its standard input does, which is when the drill has ended.
 */
public final class ChildMain {
  private ChildMain() {}

  /**
   * Serves in one role: {@code role=worker}, {@code leader}, {@code scheduler}, {@code client},
   * {@code status} or {@code api}.
   */
  public static void main(String[] args) throws IOException {
    NoDeserialization.enforce();
    Arguments arguments = Arguments.parse(args);
    switch (arguments.text("role")) {
      case "worker" -> WorkerChild.start(arguments);
      case "leader" -> LeaderChild.start(arguments);
      case "scheduler" -> SchedulerChild.start(arguments);
      case "client" -> ClientChild.start(arguments);
      case "status" -> StatusChild.start(arguments);
      case "api" -> ApiChild.start(arguments);
      default -> throw new IllegalArgumentException("no role " + arguments.text("role"));
    }
    ChildEvent.READY.report();
    while (System.in.read() >= 0) {
      // nothing is ever said; only the end counts
    }
    Runtime.getRuntime().halt(0);
  }
}
