package dev.millrace.scheduler.leader;

import static dev.millrace.queue.QueueFixture.hint;
import static dev.millrace.queue.QueueFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.JobControl;
import dev.millrace.queue.JobResults;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What ends a job between two attempts does not hide why the last one failed. */
class LastErrorTest {
  private final LeaderFixture queue = new LeaderFixture();

  @BeforeEach
  void register() {
    queue.worker("a");
  }

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void a_job_cancelled_before_its_retry_keeps_its_last_error() {
    long id = failed();
    new JobControl(queue.jdbi, queue.client).cancel(id);
    assertThat(queue.state(id)).isEqualTo("cancelled");
    assertThat(error(id)).isEqualTo("cancelled before it ran again; its last error: no route");
  }

  @Test
  void a_job_that_is_too_late_for_its_retry_keeps_its_last_error() {
    long id = failed();
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET finish_by = clock_timestamp() - interval '1 second'"));
    assertThat(queue.dispatch.expire()).isEqualTo(1);
    assertThat(error(id)).startsWith("not finished by ").endsWith("; its last error: no route");
  }

  @Test
  void a_job_cancelled_before_its_first_attempt_has_no_last_error() {
    long id = queue.client.enqueue(job()).jobId();
    new JobControl(queue.jdbi, queue.client).cancel(id);
    assertThat(error(id)).isEqualTo("cancelled before it ran");
  }

  private long failed() {
    long id = queue.client.enqueue(job()).jobId();
    ClaimedJob claimed = queue.claims.claim("a", List.of(hint(id))).get(0);
    assertThat(
            queue.results.again(claimed, JobResults.Again.FAILED, Duration.ofHours(1), "no route"))
        .isTrue();
    return id;
  }

  private String error(long id) {
    return queue.jdbi.withHandle(
        handle ->
            handle
                .select("SELECT error FROM millrace.jobs WHERE id = ?", id)
                .mapTo(String.class)
                .one());
  }
}
