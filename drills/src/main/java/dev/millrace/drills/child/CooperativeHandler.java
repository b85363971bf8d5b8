package dev.millrace.drills.child;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;

/**
 * Writes a row per attempt, as a handler should: in the attempt's transaction, and stops when told.
 */
final class CooperativeHandler implements JobHandler<EffectPayload> {
  private final JobKind<EffectPayload> kind;

  CooperativeHandler(JobKind<EffectPayload> kind) {
    this.kind = kind;
  }

  @Override
  public JobKind<EffectPayload> kind() {
    return kind;
  }

  @Override
  public Outcome run(EffectPayload payload, JobContext context) throws Exception {
    Thread.sleep(payload.before());
    context.inTransaction(
        handle -> {
          EffectHandler.insert(handle, payload.number(), context);
          return payload;
        });
    Thread.sleep(payload.after());
    return Outcome.done();
  }
}
