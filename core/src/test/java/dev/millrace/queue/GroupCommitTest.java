package dev.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.job.Enqueued;
import dev.millrace.job.NewJob;
import dev.millrace.testing.HeldTransaction;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Jobs that several threads enqueue at once share a statement, and nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupCommitTest {
  private static final String NO_TEXT_FOR_POSTGRES = "{\"number\": \"\\u0000\"}";

  /** Jobs of one number are enqueued one after the other. */
  private static final String RULE_OF_AN_APPLICATION =
      """
      CREATE FUNCTION rule_of_an_application() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock((NEW.payload->>'number')::bigint);
        RETURN NEW;
      END $$;
      CREATE TRIGGER rule BEFORE INSERT ON millrace.jobs
        FOR EACH ROW EXECUTE FUNCTION rule_of_an_application()
      """;

  private final QueueFixture queue = new QueueFixture();
  private final QueueClient client = new QueueClient(queue.database, queue.redis, queue.ready);
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  @BeforeEach
  void noThreads() {
    threads.clear();
  }

  @AfterAll
  void close() {
    queue.close();
  }

  @Test
  void what_comes_while_statements_are_under_way_shares_the_next() {
    List<CompletableFuture<Enqueued>> gathered =
        whileTwoAreUnderWay(
            () -> IntStream.range(0, 6).mapToObj(i -> enqueue("{\"number\": " + i + "}")).toList());
    for (int i = 0; i < gathered.size(); i++) {
      assertThat(number(gathered.get(i).join())).isEqualTo(Integer.toString(i));
    }
    assertThat(transactions(gathered.stream().map(CompletableFuture::join).toList())).isOne();
  }

  @Test
  void a_job_that_postgres_refuses_fails_alone() {
    List<CompletableFuture<Enqueued>> gathered =
        whileTwoAreUnderWay(
            () ->
                List.of(
                    enqueue("{\"number\": 1}"),
                    enqueue(NO_TEXT_FOR_POSTGRES),
                    enqueue("{\"number\": 3}")));
    assertThat(number(gathered.get(0).join())).isEqualTo("1");
    assertThatThrownBy(() -> gathered.get(1).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(QueueException.class)
        .hasStackTraceContaining("\\u0000");
    assertThat(number(gathered.get(2).join())).isEqualTo("3");
  }

  @Test
  void a_job_that_waits_for_a_lock_of_its_own_fails_alone() {
    queue.jdbi.useHandle(handle -> handle.execute(RULE_OF_AN_APPLICATION));
    try (Handle stranger = queue.jdbi.open()) {
      HeldTransaction.begin(stranger);
      stranger.execute("SELECT pg_advisory_xact_lock(4711)");
      List<CompletableFuture<Enqueued>> gathered =
          whileTwoAreUnderWay(
              () ->
                  List.of(
                      enqueue("{\"number\": 1}"),
                      enqueue("{\"number\": 4711}"),
                      enqueue("{\"number\": 3}")));
      assertThat(number(gathered.get(0).join())).isEqualTo("1");
      assertThatThrownBy(() -> gathered.get(1).join())
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(QueueException.class)
          .hasStackTraceContaining("lock timeout");
      assertThat(number(gathered.get(2).join())).isEqualTo("3");
      stranger.rollback();
    } finally {
      queue.jdbi.useHandle(handle -> handle.execute("DROP TRIGGER rule ON millrace.jobs"));
    }
  }

  @Test
  void an_interrupted_thread_still_learns_what_became_of_its_job() {
    AtomicBoolean stillInterrupted = new AtomicBoolean();
    List<CompletableFuture<Enqueued>> gathered =
        whileTwoAreUnderWay(
            () -> {
              CompletableFuture<Enqueued> interrupted =
                  inThread(
                      () -> {
                        Thread.currentThread().interrupt();
                        Enqueued enqueued = client.enqueue(job("{\"number\": 1}"));
                        stillInterrupted.set(Thread.interrupted());
                        return enqueued;
                      });
              return List.of(interrupted, enqueue("{\"number\": 2}"));
            });
    assertThat(number(gathered.get(0).join())).isEqualTo("1");
    assertThat(number(gathered.get(1).join())).isEqualTo("2");
    assertThat(stillInterrupted).isTrue();
  }

  @Test
  void an_interrupt_of_the_thread_that_enqueues_for_others_waits_until_it_has() {
    AtomicBoolean interruptedMeanwhile = new AtomicBoolean();
    GroupCommit commit =
        new GroupCommit(
            jobs -> {
              interruptedMeanwhile.set(Thread.currentThread().isInterrupted());
              return List.of(7L);
            });
    CompletableFuture<Boolean> afterwards =
        inThread(
            () -> {
              Thread.currentThread().interrupt();
              jobId(commit);
              return Thread.interrupted();
            });
    assertThat(afterwards.join()).as("afterwards").isTrue();
    assertThat(interruptedMeanwhile).isFalse();
  }

  @Test
  void when_the_thread_that_enqueues_for_others_fails_all_of_them_learn_it() {
    CompletableFuture<Long> held = new CompletableFuture<>();
    AtomicInteger underWay = new AtomicInteger();
    GroupCommit commit =
        new GroupCommit(
            jobs -> {
              if (jobs.size() > 1) {
                throw new IllegalStateException("out of its mind");
              }
              underWay.incrementAndGet();
              return List.of(held.join());
            });
    CompletableFuture<Long> first = inThread(() -> jobId(commit));
    await().until(() -> underWay.get() == 1);
    CompletableFuture<Long> second = inThread(() -> jobId(commit));
    await().until(() -> underWay.get() == 2);
    List<CompletableFuture<Long>> gathered =
        IntStream.range(0, 3).mapToObj(i -> inThread(() -> jobId(commit))).toList();
    await().until(() -> waiting() == 5);
    held.complete(7L);

    assertThat(first.join()).isEqualTo(7);
    assertThat(second.join()).isEqualTo(7);
    assertThat(gathered)
        .allSatisfy(
            one -> assertThatThrownBy(one::join).hasStackTraceContaining("out of its mind"));
  }

  @Test
  void threads_that_enqueue_again_and_again_keep_sharing() {
    int jobs = 50;
    List<CompletableFuture<List<Enqueued>>> loops =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    inThread(
                        () ->
                            IntStream.range(0, jobs)
                                .mapToObj(j -> client.enqueue(job("{}")))
                                .toList()))
            .toList();
    List<Enqueued> enqueued = loops.stream().flatMap(loop -> loop.join().stream()).toList();
    assertThat(enqueued.stream().map(Enqueued::jobId)).doesNotHaveDuplicates().hasSize(8 * jobs);
    assertThat(transactions(enqueued)).isLessThan(8 * jobs / 2);
  }

  @Test
  void of_more_threads_than_a_statement_takes_each_gets_its_own_answer() {
    int jobs = 500;
    GroupCommit commit =
        new GroupCommit(
            group -> {
              assertThat(group).hasSizeLessThanOrEqualTo(2);
              return group.stream().map(job -> Long.parseLong(job.payload())).toList();
            },
            2);
    List<CompletableFuture<List<Long>>> loops =
        IntStream.range(0, 16)
            .mapToObj(
                i ->
                    inThread(
                        () -> numbers(i, jobs).mapToObj(number -> jobId(commit, number)).toList()))
            .toList();
    for (int i = 0; i < loops.size(); i++) {
      assertThat(loops.get(i).orTimeout(60, TimeUnit.SECONDS).join())
          .containsExactlyElementsOf(numbers(i, jobs).boxed().toList());
    }
  }

  private static LongStream numbers(int thread, int jobs) {
    return LongStream.rangeClosed(1 + (long) thread * jobs, (thread + 1L) * jobs);
  }

  @Test
  void every_job_of_many_threads_is_hinted_at() {
    List<CompletableFuture<Enqueued>> enqueued =
        IntStream.range(0, 40).mapToObj(i -> enqueue("{\"number\": " + i + "}")).toList();
    List<Long> ids = enqueued.stream().map(job -> job.join().jobId()).toList();
    assertThat(ids).doesNotHaveDuplicates();
    Set<Long> hinted = new HashSet<>();
    await()
        .until(
            () -> {
              queue.ready.pop(List.of(QueueFixture.LANE), 1_000).orElseThrow().jobs().stream()
                  .map(ReadyJob::jobId)
                  .forEach(hinted::add);
              return hinted.containsAll(ids);
            });
  }

  private static long jobId(GroupCommit commit) {
    return jobId(commit, 0);
  }

  private static long jobId(GroupCommit commit, long payload) {
    try {
      return commit.enqueue(job(Long.toString(payload))).jobId();
    } catch (SQLException e) {
      throw new QueueException("not enqueued", e);
    }
  }

  /** Nobody can insert until the two and all the others wait for their turn. */
  private List<CompletableFuture<Enqueued>> whileTwoAreUnderWay(
      Supplier<List<CompletableFuture<Enqueued>>> others) {
    List<CompletableFuture<Enqueued>> first;
    List<CompletableFuture<Enqueued>> gathered;
    try (Handle lock = queue.jdbi.open()) {
      HeldTransaction.begin(lock);
      lock.execute("LOCK TABLE millrace.jobs IN SHARE MODE");
      CompletableFuture<Enqueued> one = enqueue("{}");
      await().until(() -> waitingForTheTable() == 1);
      first = List.of(one, enqueue("{}"));
      await().until(() -> waitingForTheTable() == 2);
      gathered = others.get();
      await().until(() -> waiting() == gathered.size());
      lock.commit();
    }
    first.forEach(CompletableFuture::join);
    return gathered;
  }

  private CompletableFuture<Enqueued> enqueue(String payload) {
    return inThread(() -> client.enqueue(job(payload)));
  }

  private static NewJob job(String payload) {
    return NewJob.of(QueueFixture.KIND, payload).withMaxAttempts(3);
  }

  private <T> CompletableFuture<T> inThread(Supplier<T> work) {
    return CompletableFuture.supplyAsync(
        work,
        task -> {
          Thread thread = new Thread(task, "enqueuer");
          threads.add(thread);
          thread.start();
        });
  }

  private long waiting() {
    return threads.stream().filter(thread -> thread.getState() == Thread.State.WAITING).count();
  }

  private int waitingForTheTable() {
    return Integer.parseInt(
        one(
            "SELECT count(*)::text FROM pg_locks WHERE NOT granted AND relation = 'millrace.jobs'::regclass"));
  }

  private String number(Enqueued enqueued) {
    return one("SELECT payload->>'number' FROM millrace.jobs WHERE id = " + enqueued.jobId());
  }

  private int transactions(List<Enqueued> enqueued) {
    String ids =
        String.join(",", enqueued.stream().map(job -> Long.toString(job.jobId())).toList());
    return Integer.parseInt(
        one(
            "SELECT count(DISTINCT xmin::text)::text FROM millrace.jobs WHERE id IN ("
                + ids
                + ")"));
  }

  private String one(String question) {
    return queue.jdbi.withHandle(handle -> handle.createQuery(question).mapTo(String.class).one());
  }
}
