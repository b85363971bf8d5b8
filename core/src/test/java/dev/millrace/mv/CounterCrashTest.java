package dev.millrace.mv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server of its own, because it crashes. */
class CounterCrashTest {
  private static long poll(Jdbi jdbi) {
    return jdbi.withHandle(
        handle -> handle.select("SELECT millrace.poll_counters()").mapTo(Long.class).one());
  }

  @Test
  void a_crash_counts_as_a_change_though_the_counters_say_what_they_said(@TempDir Path directory) {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory);
        Database database = Database.open(DatabaseUrl.parse(postgres.jdbcUrl()), "test", 3)) {
      database.migrate();
      Jdbi jdbi = database.jdbi();
      jdbi.useHandle(
          handle -> {
            handle.execute("CREATE TABLE public.part (id integer)");
            handle.execute(
                "CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) FROM public.part");
            handle.execute("SELECT millrace.watch('part', 'counted', method => 'counter')");
          });
      assertThat(poll(jdbi)).isZero();
      long session =
          jdbi.withHandle(
              handle -> handle.select("SELECT pg_backend_pid()").mapTo(Long.class).one());
      assertThat(ProcessHandle.of(session).orElseThrow().destroyForcibly()).isTrue();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(() -> poll(jdbi) == 1);
      assertThat(poll(jdbi)).isZero();
    }
  }
}
