package dev.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.Batch;
import dev.millrace.job.NewJob;
import dev.millrace.job.OnChildFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A caller that is in a transaction enqueues with a client of the same Jdbi. */
class OwnConnectionTest {
  private final QueueFixture queue = new QueueFixture();

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void what_is_acknowledged_stays_when_the_callers_transaction_rolls_back() {
    QueueClient client = new QueueClient(queue.database, queue.redis, queue.ready);
    NewJob plain = NewJob.of("test.noop", "{}");
    List<Long> ids = new ArrayList<>();
    queue.jdbi.useHandle(
        caller -> {
          caller.begin();
          queue.jdbi.useHandle(same -> ids.add(client.enqueue(plain).jobId()));
          ids.add(client.enqueue(plain.withUniqueKey("u")).jobId());
          client.enqueueAll(List.of(plain, plain)).forEach(one -> ids.add(one.jobId()));
          client.enqueueAll(List.of(plain.withUniqueKey("v"))).forEach(one -> ids.add(one.jobId()));
          ids.add(
              client
                  .enqueue(new Batch(List.of(plain), OnChildFailure.CONTINUE, Optional.empty()))
                  .jobId());
          caller.rollback();
        });
    long present =
        queue.jdbi.withHandle(
            handle ->
                handle
                    .createQuery("SELECT count(*) FROM millrace.jobs WHERE id = ANY (:ids)")
                    .bindArray("ids", Long.class, ids)
                    .mapTo(Long.class)
                    .one());
    assertThat(present).isEqualTo(ids.size());
  }

  @Test
  void what_is_enqueued_in_a_transaction_goes_with_it() {
    queue.jdbi.useHandle(
        caller -> {
          caller.begin();
          queue.client.enqueueIn(caller, NewJob.of("test.noop", "{}").withUniqueKey("u")).jobId();
          caller.rollback();
        });
    assertThat(queue.client.enqueue(NewJob.of("test.noop", "{}").withUniqueKey("u")).created())
        .isTrue();
  }
}
