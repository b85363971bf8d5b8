package dev.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.JobState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is kept of the attempts that did not complete a job, however often it is put off. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttemptHistoryTest {
  private final QueueFixture queue = new QueueFixture();

  @BeforeAll
  void worker() {
    queue.worker("a");
  }

  @AfterAll
  void close() {
    queue.close();
  }

  private ClaimedJob claimed() {
    long id = queue.client.enqueue(QueueFixture.job()).jobId();
    return queue.claims.claim("a", List.of(QueueFixture.hint(id))).get(0);
  }

  private void before(ClaimedJob job, String attempts, int lines) {
    queue.jdbi.useHandle(
        handle -> {
          handle.execute(
              "INSERT INTO millrace.job_attempts (job_id, fence, attempt, worker_id, started_at, outcome)"
                  + " SELECT ?, -n, 1, 'a', now(), o.outcome FROM generate_series(1, 1500) n CROSS JOIN LATERAL (SELECT "
                  + attempts
                  + ") o (outcome)",
              job.id());
          handle.execute(
              "INSERT INTO millrace.job_logs (job_id, attempt, level, message)"
                  + " SELECT ?, 1, 'info', n::text FROM generate_series(1, ?) n",
              job.id(),
              lines);
        });
  }

  private String one(String question, ClaimedJob job) {
    return queue.jdbi.withHandle(
        handle -> handle.select(question, job.id()).mapTo(String.class).one());
  }

  @Test
  void a_job_snoozed_often_keeps_its_first_and_its_newest_attempts() {
    ClaimedJob job = claimed();
    before(job, "'snoozed'", 10_500);
    assertThat(queue.results.again(job, JobResults.Again.SNOOZED, Duration.ofSeconds(60), null))
        .isTrue();
    assertThat(
            one(
                "SELECT count(*) || ' ' || min(fence) || ' ' || (max(fence) > 0) FROM millrace.job_attempts WHERE job_id = ?",
                job))
        .isEqualTo("1002 -1500 true");
    assertThat(
            one(
                "SELECT count(*) || ' ' || min(message::int) FROM millrace.job_logs WHERE job_id = ?",
                job))
        .isEqualTo("10000 501");
  }

  @Test
  void an_attempt_that_failed_is_kept_with_what_came_after_it() {
    ClaimedJob job = claimed();
    before(job, "CASE WHEN n > 1400 THEN 'failed' ELSE 'handed_back' END", 3);
    assertThat(queue.results.ended(job, JobState.FAILED, "broke", null)).isTrue();
    assertThat(
            one(
                "SELECT count(*) FILTER (WHERE outcome = 'failed') || ' ' || count(*) FILTER (WHERE outcome = 'handed_back')"
                    + " FROM millrace.job_attempts WHERE job_id = ?",
                job))
        .isEqualTo("101 1000");
    assertThat(one("SELECT count(*)::text FROM millrace.job_logs WHERE job_id = ?", job))
        .isEqualTo("3");
  }
}
