package dev.millrace.queue;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run of a background worker that has ended, by its own end or by a cancel or rescue.
 *
 * @param fence 0: no queue worker had begun it
 * @param error of a run that did not complete
 * @param durationMs of its last attempt, children included
 */
record RunLog(
    String backgroundWorker,
    long id,
    int attempt,
    long fence,
    boolean ok,
    @Nullable String error,
    long durationMs) {
  private static final Logger log = LoggerFactory.getLogger(RunLog.class);

  /** Says how it went, once it is committed. Each attempt that failed has been warned of before. */
  void write() {
    String name = backgroundWorker.replace('_', '-');
    var line =
        log.atInfo()
            .addKeyValue("worker", backgroundWorker)
            .addKeyValue("job", id)
            .addKeyValue("attempt", attempt)
            .addKeyValue("fence", fence)
            .addKeyValue("duration_ms", durationMs)
            .addKeyValue("outcome", ok ? "success" : "error");
    if (ok) {
      line.log("[{}] Cycle completed successfully", name);
    } else {
      line.log("[{}] Cycle finished with error: {}", name, error);
    }
  }
}
