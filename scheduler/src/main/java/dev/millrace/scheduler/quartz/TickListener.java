package dev.millrace.scheduler.quartz;

import java.time.Instant;

/**
 * What is called at each tick of a background worker, in a thread of Quartz's: it must be short.
 */
@FunctionalInterface
public interface TickListener {

  /**
   * A tick has come, perhaps late, perhaps a second time on another node.
   *
   * @param tick when it was due, whole seconds
   */
  void tick(String workerName, Instant tick);
}
