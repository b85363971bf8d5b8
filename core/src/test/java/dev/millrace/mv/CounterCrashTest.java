package dev.millrace.mv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.takeover.Migrations;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
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
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.start(directory, EmbeddedPostgres.Options.defaults().withSuperuser());
        Database database = Database.open(DatabaseUrl.parse(postgres.jdbcUrl()), "test", 3)) {
      new Migrations(database).run();
      Jdbi jdbi = database.jdbi();
      jdbi.useHandle(
          handle -> {
            handle.execute("CREATE TABLE public.part (id integer)");
            handle.execute(
                "CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) FROM public.part");
            handle.execute("SELECT millrace.watch('part', 'counted', method => 'counter')");
          });
      assertThat(poll(jdbi)).isZero();
      crash(jdbi);
      assertThat(polledAfterCrash(jdbi)).isEqualTo(1);
      assertThat(poll(jdbi)).isZero();
    }
  }

  @Test
  void a_crash_loses_no_change_of_a_sequence(@TempDir Path directory) {
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.start(directory, EmbeddedPostgres.Options.defaults().withSuperuser());
        Database database = Database.open(DatabaseUrl.parse(postgres.jdbcUrl()), "test", 4)) {
      new Migrations(database).run();
      Jdbi jdbi = database.jdbi();
      jdbi.useHandle(
          handle -> {
            handle.execute("CREATE TABLE public.part (id integer)");
            handle.execute(
                "CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) FROM public.part");
            handle.execute("SELECT millrace.watch('part', 'counted')");
          });
      // After a crash a sequence stands up to 32 values later.
      for (int seen : List.of(0, 31, 32, 33)) {
        for (int i = 0; i < seen; i++) {
          change(jdbi);
        }
        poll(jdbi);
        assertThat(poll(jdbi)).isZero();
        change(jdbi);
        crash(jdbi);
        assertThat(polledAfterCrash(jdbi)).as("%d changes before", seen).isEqualTo(1);
        assertThat(poll(jdbi)).isZero();
        change(jdbi);
        assertThat(poll(jdbi)).isEqualTo(1);
      }
    }
  }

  private static void change(Jdbi jdbi) {
    jdbi.useHandle(handle -> handle.execute("INSERT INTO public.part VALUES (1)"));
  }

  /** Kills a session, and waits until the server has ended another one because of it. */
  private static void crash(Jdbi jdbi) {
    try (Handle victim = jdbi.open();
        Handle witness = jdbi.open()) {
      long session = victim.select("SELECT pg_backend_pid()").mapTo(Long.class).one();
      assertThat(ProcessHandle.of(session).orElseThrow().destroyForcibly()).isTrue();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                try {
                  witness.execute("SELECT 1");
                  return false;
                } catch (JdbiException e) {
                  return true;
                }
              });
    }
  }

  /** What the first look asks for that succeeds. */
  private static long polledAfterCrash(Jdbi jdbi) {
    AtomicLong asked = new AtomicLong();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(
            () -> {
              asked.set(poll(jdbi));
              return true;
            });
    return asked.get();
  }
}
