package example.logcleanup;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.job.UnretryableException;
import java.util.Map;

/** Deletes log rows that are older than some days, a thousand at a time. */
public final class LogCleanup implements JobHandler<LogCleanup.Payload> {
  private static final int BATCH = 1_000;

  /** How many days of logs to keep, at least 1. */
  public record Payload(int keepDays) {}

  @Override
  public JobKind<Payload> kind() {
    return JobKind.of("log.cleanup", Payload.class);
  }

  @Override
  public Outcome run(Payload payload, JobContext context) {
    if (payload.keepDays() < 1) {
      throw new UnretryableException("keep_days must be >= 1, was " + payload.keepDays());
    }
    int deleted = 0;
    int batch;
    do {
      context.checkStop();
      // Committed only while this attempt is the newest of its job.
      batch =
          context.inTransaction(
              handle ->
                  handle.execute(
                      """
          DELETE FROM app_log WHERE id IN (
            SELECT id FROM app_log WHERE logged_at < now() - ? * interval '1 day' ORDER BY id LIMIT ?)
          """,
                      payload.keepDays(),
                      BATCH));
      deleted += batch;
      context.progress(deleted, 0, deleted + " rows deleted");
    } while (batch == BATCH);
    context.log("deleted " + deleted + " rows");
    return Outcome.done(Map.of("deleted", deleted));
  }
}
