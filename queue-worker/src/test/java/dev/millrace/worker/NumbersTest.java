package dev.millrace.worker;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.queue.Leases;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A handler gets the numbers that were sent, and its result is stored unchanged. */
class NumbersTest {
  private final WorkerFixture millrace = new WorkerFixture(Leases.LEASE);

  @AfterEach
  void close() {
    millrace.close();
  }

  /** A payload without declared types. */
  record Values(Map<String, Object> values) {
    Values {
      values = Map.copyOf(values);
    }
  }

  /** Returns its payload. */
  private static final class Echo implements JobHandler<Values> {
    @Override
    public JobKind<Values> kind() {
      return JobKind.of("test.echo", Values.class).withMaxAttempts(1);
    }

    @Override
    public Outcome run(Values payload, JobContext context) {
      return Outcome.done(payload);
    }
  }

  @Test
  void numbers_pass_a_handler_without_rounding() {
    millrace.worker(4, new Echo());
    for (String number :
        List.of(
            "1",
            "0.1000",
            "1e2",
            "1e-5",
            "9007199254740993",
            "12345678901234567890",
            "123456789.123456789123456789",
            "-0.30000000000000000001",
            "4.9e-324",
            "1e100000",
            "1".repeat(20_000))) {
      String payload = "{\"values\": {\"n\": " + number + ", \"t\": \"🚀 0.10 \\u202e\"}}";
      long id = millrace.client.enqueue(NewJob.of("test.echo", payload)).jobId();
      await().until(() -> List.of("completed", "failed").contains(millrace.state(id)));
      String result = result(id);
      String plain = new BigDecimal(number).toPlainString();
      assertThat(result.replace(" ", ""))
          .as(number.substring(0, Math.min(30, number.length())))
          .contains("\"n\":" + plain)
          .doesNotContain("\"n\":" + plain + "0")
          .contains("🚀0.10");
    }
  }

  private String result(long id) {
    return millrace.jdbi.withHandle(
        handle ->
            handle
                .select("SELECT coalesce(result::text, error) FROM millrace.jobs WHERE id = ?", id)
                .mapTo(String.class)
                .one());
  }
}
