package dev.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.Enqueued;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However jobs are inserted, their rows are the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlainInsertTest {
  private static final int MANY = 40;

  private static final String ROW =
      """
      SELECT concat_ws('|', kind, queue, state, priority, max_attempts, lock_key, trigger, rank - id,
                       run_at > clock_timestamp() + interval '30 minutes')
        FROM millrace.jobs WHERE id = ?
      """;

  private final QueueFixture queue = new QueueFixture();

  @BeforeAll
  void a_kind_with_attempts_of_its_own() {
    queue.jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO millrace.kinds (kind, defaults) VALUES ('test.noop', '{\"max_attempts\": 7}')"));
  }

  @AfterAll
  void close() {
    queue.close();
  }

  static Stream<UnaryOperator<NewJob>> changes() {
    return Stream.of(
        job -> job,
        job -> job.withMaxAttempts(4),
        job -> job.inQueue("other").withPriority(-3).withMaxAttempts(2),
        job -> job.after(Duration.ofHours(1)),
        job -> job.withLockKey("shared").triggeredBy(Trigger.MANUAL));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void a_job_is_stored_alike_alone_among_its_like_and_among_others(UnaryOperator<NewJob> change) {
    List<NewJob> like = numbered(change);
    String alone = row(queue.client.enqueue(like.get(0)));
    List<Enqueued> amongItsLike = queue.client.enqueueAll(like);
    List<Enqueued> amongOthers =
        queue.client.enqueueAll(
            Stream.concat(Stream.of(QueueFixture.job().withPriority(9)), like.stream()).toList());

    assertThat(amongItsLike).hasSize(MANY).allSatisfy(job -> assertThat(row(job)).isEqualTo(alone));
    assertThat(amongOthers.subList(1, MANY + 1))
        .allSatisfy(job -> assertThat(row(job)).isEqualTo(alone));
    assertThat(numbers(amongItsLike)).isEqualTo(IntStream.range(0, MANY).boxed().toList());
    assertThat(numbers(amongOthers.subList(1, MANY + 1)))
        .isEqualTo(IntStream.range(0, MANY).boxed().toList());
  }

  @Test
  void no_jobs_are_inserted_as_none() {
    assertThat(queue.client.enqueueAll(List.of())).isEmpty();
  }

  private static List<NewJob> numbered(UnaryOperator<NewJob> change) {
    return IntStream.range(0, MANY)
        .mapToObj(i -> NewJob.of(QueueFixture.KIND, "{\"number\": " + i + "}"))
        .map(change)
        .toList();
  }

  private String row(Enqueued job) {
    return queue.jdbi.withHandle(
        handle -> handle.select(ROW, job.jobId()).mapTo(String.class).one());
  }

  private List<Integer> numbers(List<Enqueued> jobs) {
    return jobs.stream()
        .map(
            job ->
                queue.jdbi.withHandle(
                    handle ->
                        handle
                            .select(
                                "SELECT (payload->>'number')::integer FROM millrace.jobs WHERE id = ?",
                                job.jobId())
                            .mapTo(Integer.class)
                            .one()))
        .toList();
  }
}
