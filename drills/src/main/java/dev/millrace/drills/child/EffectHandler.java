package dev.millrace.drills.child;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryPolicy;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Writes a row per attempt. It never asks whether it should stop, and is not to be interrupted: the
 * fences alone must hold it.
 */
public final class EffectHandler implements JobHandler<EffectPayload> {
  /** Its attempts are many, so that a job fails only when something is wrong. */
  public static final JobKind<EffectPayload> KIND = kind("drill.effect");

  /** The way a handler should write: in the attempt's transaction. */
  static final Writer FENCED =
      (payload, context) ->
          context.inTransaction(
              handle -> {
                insert(handle, payload.number(), context);
                work(payload.inside());
                return payload;
              });

  private static final int KILLED = 137;

  private final JobKind<EffectPayload> kind;
  private final Writer writer;

  EffectHandler(JobKind<EffectPayload> kind, Writer writer) {
    this.kind = kind;
    this.writer = writer;
  }

  /** The same under another name, for what some workers know and others do not. */
  public static JobKind<EffectPayload> kind(String name) {
    return JobKind.of(name, EffectPayload.class)
        .withMaxAttempts(100)
        .withTimeout(Duration.ofSeconds(8))
        .withRetry(
            new RetryPolicy(
                RetryPolicy.Shape.FIXED, Duration.ofMillis(100), Duration.ofMillis(100)));
  }

  /** How the effect is written. */
  @FunctionalInterface
  interface Writer {
    void write(EffectPayload payload, JobContext context) throws Exception;
  }

  /** The wrong way: a transaction of its own, which no fence holds. */
  static Writer autocommit(Jdbi jdbi) {
    return (payload, context) -> {
      work(payload.inside());
      jdbi.useHandle(handle -> insert(handle, payload.number(), context));
    };
  }

  @Override
  public JobKind<EffectPayload> kind() {
    return kind;
  }

  @Override
  public Outcome run(EffectPayload payload, JobContext context) throws Exception {
    work(payload.before());
    if (payload.poison()) {
      Runtime.getRuntime().halt(KILLED);
    }
    writer.write(payload, context);
    work(payload.after());
    return Outcome.done();
  }

  static void insert(Handle handle, long number, JobContext context) {
    handle.execute(
        "INSERT INTO drill.effects (job_id, fence, attempt, number) VALUES (?, ?, ?, ?)",
        context.jobId(),
        context.fence(),
        context.attempt(),
        number);
  }

  /** Takes so long, whatever anybody says. */
  static void work(int millis) {
    long until = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    boolean interrupted = false;
    long left = until - System.nanoTime();
    while (left > 0) {
      try {
        Thread.sleep(Duration.ofNanos(left).toMillis() + 1);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left = until - System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
