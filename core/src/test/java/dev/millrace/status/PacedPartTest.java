package dev.millrace.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.db.Database;
import dev.millrace.queue.LookPace;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacedPartTest {
  private final Database database = Database.open(TestServices.freshDatabase(), "test", 2);
  private final PacedPart<String> part =
      new PacedPart<>(new LookPace(Duration.ofSeconds(10)), Duration.ofMillis(300));

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
              assertThat(part.read(handle, PacedPartTest::limit)).isEqualTo("300ms");
              assertThat(part.read(handle, PacedPartTest::tooLong)).isEqualTo("300ms");
              assertThat(limit(handle)).as("the look goes on under its own limit").isEqualTo(limit);
            });
  }

  @Test
  void a_part_that_was_never_read_says_why() {
    database
        .jdbi()
        .useTransaction(
            handle -> {
              assertThatThrownBy(() -> part.read(handle, PacedPartTest::tooLong))
                  .isInstanceOf(TooSlowException.class)
                  .hasMessageContaining("open for long");
              assertThat(limit(handle)).isNotEqualTo("300ms");
            });
  }

  @Test
  void a_part_that_is_expensive_is_read_again_after_a_rest() {
    PacedPart<String> expensive =
        new PacedPart<>(new LookPace(Duration.ofNanos(1)), Duration.ofSeconds(10));
    database
        .jdbi()
        .useTransaction(
            handle -> {
              String first = expensive.read(handle, PacedPartTest::slowly);
              assertThat(expensive.read(handle, PacedPartTest::slowly)).isEqualTo(first);
            });
  }

  private static String limit(Handle handle) {
    return handle.select("SHOW statement_timeout").mapTo(String.class).one();
  }

  private static String tooLong(Handle handle) {
    return handle.select("SELECT pg_sleep(60)::text").mapTo(String.class).one();
  }

  private static String slowly(Handle handle) {
    return handle
        .select("SELECT pg_sleep(0.5)::text || clock_timestamp()")
        .mapTo(String.class)
        .one();
  }
}
