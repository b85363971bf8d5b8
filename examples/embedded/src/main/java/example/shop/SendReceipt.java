package example.shop;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import java.util.concurrent.CountDownLatch;

/** Sends the receipt of an order. It is made by the program itself and shares its objects. */
public final class SendReceipt implements JobHandler<SendReceipt.Payload> {
  /**
   * What to send.
   *
   * @param order its number
   */
  public record Payload(String order) {}

  static final JobKind<Payload> KIND = JobKind.of("receipt.send", Payload.class);

  private final CountDownLatch sent = new CountDownLatch(1);

  @Override
  public JobKind<Payload> kind() {
    return KIND;
  }

  @Override
  public Outcome run(Payload payload, JobContext context) {
    System.out.println("receipt of " + payload.order() + " sent by job " + context.jobId());
    sent.countDown();
    return Outcome.done();
  }

  void awaitFirst() throws InterruptedException {
    sent.await();
  }
}
