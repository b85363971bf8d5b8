package example.orders;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;

/** Confirms an order that was placed. */
public final class ConfirmOrder implements JobHandler<ConfirmOrder.Payload> {
  /** The order's id. */
  public record Payload(long order) {}

  static final JobKind<Payload> KIND = JobKind.of("order.confirm", Payload.class);

  @Override
  public JobKind<Payload> kind() {
    return KIND;
  }

  @Override
  public Outcome run(Payload payload, JobContext context) {
    context.inTransaction(
        handle ->
            handle.execute("UPDATE orders SET confirmed = true WHERE id = ?", payload.order()));
    return Outcome.done();
  }
}
