package dev.millrace.db.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Sql;
import dev.millrace.testing.TestServices;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table of stats jobs that was there before us, whose owner is an ordinary role. */
class StatsTakeoverTest {
  private static final String OWNER = "stats_appowner";
  private static final String WEBAPP = "stats_webapp";
  private static final String PASSWORD = "of-the-takeover";
  private static final String ROWS =
      "SELECT id || status || payload || created_at || coalesce(error_message, '') || retry_count || coalesce(note, '')"
          + " FROM public.background_job_status ORDER BY id";

  private final DatabaseUrl url = TestServices.emptyDatabase();
  private final Database admin = Database.open(url, "test", 1);
  private final Database owner;
  private final Database webapp;

  StatsTakeoverTest() {
    String database = one(admin.jdbi(), "SELECT current_database()");
    run(
        admin.jdbi(),
        "CREATE ROLE " + OWNER + " LOGIN PASSWORD '" + PASSWORD + "'",
        "CREATE ROLE " + WEBAPP + " LOGIN PASSWORD '" + PASSWORD + "'",
        "GRANT CREATE ON SCHEMA public TO " + OWNER,
        "GRANT CREATE ON DATABASE \"" + database + "\" TO " + OWNER);
    owner = login(OWNER);
    webapp = login(WEBAPP);
  }

  @BeforeEach
  void theirs() {
    run(
        owner.jdbi(),
        Sql.of("dev.millrace.db.takeover.existing.stats"),
        Sql.of(StatsTakeoverTest.class, "before"));
  }

  @AfterEach
  void close() {
    owner.close();
    webapp.close();
    run(
        admin.jdbi(),
        "DROP OWNED BY " + OWNER + ", " + WEBAPP + " CASCADE",
        "DROP ROLE " + OWNER + ", " + WEBAPP);
    admin.close();
  }

  @Test
  void history_ids_grants_policies_and_references_stay() {
    List<String> rows = all(owner.jdbi(), ROWS);
    Migrations migrations = new Migrations(owner);
    Plan plan = migrations.plan();
    assertThat(plan.refused()).isFalse();
    assertThat(all(owner.jdbi(), ROWS)).isEqualTo(rows);

    assertThat(migrations.run().changes()).isTrue();
    assertThat(migrations.run().changes()).isFalse();

    assertThat(all(owner.jdbi(), ROWS)).isEqualTo(rows);
    assertThat(
            all(
                owner.jdbi(),
                "SELECT policyname::text FROM pg_policies WHERE tablename = 'background_job_status'"))
        .contains("Allow read access to background_job_status", "the application writes");
    assertThat(one(owner.jdbi(), "SELECT count(*) FROM public.stats_notes")).isEqualTo("1");
    assertThat(one(owner.jdbi(), "SELECT count(*) FROM pg_publication_tables")).isEqualTo("1");
    assertThat(all(owner.jdbi(), "SELECT function_name FROM millrace.stats_functions"))
        .containsExactlyInAnyOrder("update_power_ratings", "update_aggregated_personal_bests");
  }

  @Test
  void rows_that_wait_are_enqueued_once_and_followed() {
    new Migrations(owner).run();
    assertThat(one(owner.jdbi(), "SELECT count(*) FROM millrace.jobs")).isEqualTo("1");
    assertThat(
            all(
                owner.jdbi(),
                "SELECT status FROM public.background_job_status WHERE job_id IS NOT NULL"))
        .containsExactly("queued", "queued");
    run(
        owner.jdbi(),
        "UPDATE millrace.jobs SET state = 'failed', error = 'no', started_at = now(), finished_at = now()");
    assertThat(
            all(
                webapp.jdbi(),
                "SELECT error_message FROM public.background_job_status WHERE job_id IS NOT NULL"))
        .containsExactly("no", "no");
    assertThat(one(owner.jdbi(), "SELECT created FROM millrace.enqueue_stats('admin', 'waits-1')"))
        .isEqualTo("f");
  }

  @Test
  void the_applications_statements_do_what_they_did() {
    new Migrations(owner).run();
    Jdbi app = webapp.jdbi();
    String id = "8c7d1c0e-6c1c-4a6a-9d0e-0c4f0a7c1d11";
    assertThat(
            all(
                app,
                "INSERT INTO public.background_job_status (id, priority, payload, note) VALUES ('"
                    + id
                    + "', 2, '{\"triggeredBy\": \"post-match\", \"matchId\": 5}', 'n')"
                    + " RETURNING id || ' ' || status || ' ' || priority || ' ' || payload || ' ' || note"))
        .containsExactly(id + " queued 2 {\"matchId\": 5, \"triggeredBy\": \"post-match\"} n");
    assertThat(
            all(
                app,
                "UPDATE public.background_job_status SET status = 'queued', retry_count = retry_count + 1,"
                    + " error_message = NULL WHERE status = 'failed' RETURNING status || retry_count"))
        .containsExactly("queued3");
    assertThat(
            count(
                app,
                "UPDATE public.background_job_status SET note = 'seen' WHERE id = '" + id + "'"))
        .isEqualTo(1);
    assertThat(
            count(
                app,
                "DELETE FROM public.background_job_status WHERE created_at < NOW() - INTERVAL '7 days'"))
        .isEqualTo(6);
    assertThat(
            all(
                app,
                "SELECT status FROM public.background_job_status ORDER BY created_at DESC LIMIT 4"))
        .containsOnly("queued");
    assertThat(one(owner.jdbi(), "SELECT count(*) FROM millrace.jobs WHERE kind = 'stats.update'"))
        .isEqualTo("3");
  }

  private Database login(String role) {
    return Database.open(
        new DatabaseUrl(
            url.jdbc().replaceFirst("\\?.*", ""), Optional.of(role), Optional.of(PASSWORD)),
        role,
        2);
  }

  private static void run(Jdbi jdbi, String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(sql -> execute(handle, sql)));
  }

  private static void execute(Handle handle, String sql) {
    handle.execute(sql);
  }

  private static int count(Jdbi jdbi, String sql) {
    return jdbi.withHandle(handle -> handle.execute(sql));
  }

  private static List<String> all(Jdbi jdbi, String sql) {
    return jdbi.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).list());
  }

  private static String one(Jdbi jdbi, String sql) {
    return all(jdbi, sql).get(0);
  }
}
