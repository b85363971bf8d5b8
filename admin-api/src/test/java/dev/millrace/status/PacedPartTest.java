package dev.millrace.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.db.Database;
import dev.millrace.queue.ScanPace;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacedPartTest {
  private static final Duration NEVER_DEAR = Duration.ofMinutes(1);
  private static final TransactionSnapshot SEES = TransactionSnapshot.ofPostgres("1:1:");

  private final Database database = Database.open(TestServices.freshDatabase(), "test", 2);
  private final Deque<Runnable> background = new ArrayDeque<>();
  private final PacedPart<String> part = part(NEVER_DEAR);

  private PacedPart<String> part(Duration cheap) {
    return new PacedPart<>(
        "part",
        database.jdbi(),
        background::add,
        new ScanPace(cheap),
        new PacedPart.Limits(Duration.ofMillis(300), Duration.ofSeconds(7)));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void what_was_read_last_stands_when_reading_takes_too_long() {
    database
        .jdbi()
        .useTransaction(
            handle -> {
              String limit = limit(handle);
              assertThat(part.read(handle, SEES, PacedPartTest::limit)).isEqualTo("300ms");
              assertThat(part.readIn()).contains(SEES);
              TransactionSnapshot later = TransactionSnapshot.ofPostgres("2:2:");
              assertThat(part.read(handle, later, PacedPartTest::tooLong)).isEqualTo("300ms");
              assertThat(part.readIn()).as("what is shown is of before").contains(SEES);
              assertThat(limit(handle)).as("the look goes on under its own limit").isEqualTo(limit);
            });
  }

  @Test
  void what_takes_too_long_for_a_snapshot_is_read_in_the_background() {
    database
        .jdbi()
        .useTransaction(
            handle -> {
              assertThatThrownBy(() -> part.read(handle, SEES, PacedPartTest::longerThanALook))
                  .isInstanceOf(TooSlowException.class)
                  .hasMessageContaining("open for long");
              assertThatThrownBy(() -> part.read(handle, SEES, PacedPartTest::longerThanALook))
                  .as("one reads at a time")
                  .isInstanceOf(TooSlowException.class);
              assertThat(background).hasSize(1);
              runInBackground();
              assertThat(part.read(handle, SEES, PacedPartTest::limit)).isEqualTo("7s");
              assertThat(part.readIn()).as("in a transaction of its own").get().isNotEqualTo(SEES);
              assertThat(background).as("the next look does not wait for it either").hasSize(1);
              runInBackground();
              assertThat(part.read(handle, SEES, PacedPartTest::limit)).isEqualTo("300ms");
            });
  }

  @Test
  void a_part_that_cannot_be_read_in_the_background_is_tried_again() {
    database
        .jdbi()
        .useTransaction(
            handle -> {
              assertThat(part.read(handle, SEES, PacedPartTest::limit)).isEqualTo("300ms");
              assertThat(part.read(handle, SEES, PacedPartTest::tooLong)).isEqualTo("300ms");
              runInBackground();
              assertThat(part.read(handle, SEES, PacedPartTest::limit)).isEqualTo("300ms");
              assertThat(background).hasSize(1);
            });
  }

  @Test
  void a_part_that_is_expensive_is_read_again_after_a_rest() {
    PacedPart<String> expensive = part(Duration.ofNanos(1));
    database
        .jdbi()
        .useTransaction(
            handle -> {
              String first = expensive.read(handle, SEES, PacedPartTest::slowly);
              String second = expensive.read(handle, SEES, PacedPartTest::slowly);
              assertThat(second).as("one that took long may be an accident").isNotEqualTo(first);
              assertThat(expensive.read(handle, SEES, PacedPartTest::slowly)).isEqualTo(second);
              assertThat(expensive.isOld()).isFalse();
            });
  }

  /** Not in this thread, which has a transaction open. */
  private void runInBackground() {
    CompletableFuture.runAsync(background.remove()).join();
  }

  private static String limit(Handle handle) {
    return handle.select("SHOW statement_timeout").mapTo(String.class).one();
  }

  private static String tooLong(Handle handle) {
    return handle.select("SELECT pg_sleep(60)::text").mapTo(String.class).one();
  }

  private static String longerThanALook(Handle handle) {
    handle.select("SELECT pg_sleep(0.5)::text").mapTo(String.class).one();
    return limit(handle);
  }

  private static String slowly(Handle handle) {
    return handle
        .select("SELECT pg_sleep(0.1)::text || clock_timestamp()")
        .mapTo(String.class)
        .one();
  }
}
