package dev.millrace.drills.child;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Handle;

/** Carries out the plan of a {@link MixedPayload}. */
public final class MixedHandler implements JobHandler<MixedPayload> {
  /** Its attempts are many, so that a job fails only when its plan says so. */
  public static final JobKind<MixedPayload> KIND =
      JobKind.of("drill.mixed", MixedPayload.class)
          .withMaxAttempts(100)
          .withTimeout(Duration.ofMinutes(2))
          .withRetry(
              new RetryPolicy(
                  RetryPolicy.Shape.FIXED, Duration.ofMillis(100), Duration.ofMillis(100)));

  private static final Duration SNOOZE = Duration.ofMillis(100);
  private static final int CHILD_MILLIS = 150;

  /** Numbers of children: a thousand for each parent, below those of the client's own jobs. */
  private static final long CHILDREN_OF = 1000;

  @Override
  public JobKind<MixedPayload> kind() {
    return KIND;
  }

  @Override
  public Outcome run(MixedPayload payload, JobContext context) {
    long earlier = context.inTransaction(handle -> attempt(handle, payload, context));
    if (payload.fails() || earlier < payload.failures()) {
      throw new IllegalStateException("planned failure of number " + payload.number());
    }
    if (earlier < payload.failures() + payload.snoozes()) {
      return Outcome.snooze(SNOOZE);
    }
    if (payload.children() == 0) {
      return Outcome.done();
    }
    List<NewJob> children =
        LongStream.rangeClosed(1, payload.children())
            .mapToObj(n -> NewJob.of(KIND, child(payload, n)))
            .toList();
    return Outcome.waitForAllOf(children, payload);
  }

  /** Writes the effect, and returns how many there were of earlier attempts. */
  private static long attempt(Handle handle, MixedPayload payload, JobContext context) {
    long earlier =
        handle
            .select("SELECT count(*) FROM drill.effects WHERE job_id = ?", context.jobId())
            .mapTo(Long.class)
            .one();
    EffectHandler.insert(handle, payload.number(), context);
    EffectHandler.work(payload.millis());
    if (!payload.fails() && earlier >= payload.failures() + payload.snoozes()) {
      for (int n = 1; n <= payload.spawned(); n++) {
        spawn(handle, child(payload, payload.children() + n), context.jobId());
      }
    }
    return earlier;
  }

  /** As an application does it that knows nothing but SQL. */
  private static void spawn(Handle handle, MixedPayload child, long parentId) {
    handle
        .select(
            "SELECT created FROM millrace.enqueue(?, ?::jsonb, parent_id => ?)",
            KIND.name(),
            NewJob.of(KIND, child).payload(),
            parentId)
        .mapTo(Boolean.class)
        .one();
  }

  private static MixedPayload child(MixedPayload parent, long n) {
    return MixedPayload.plain(-(parent.number() * CHILDREN_OF + n), CHILD_MILLIS);
  }
}
