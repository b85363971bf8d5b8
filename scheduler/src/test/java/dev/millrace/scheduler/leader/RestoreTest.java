package dev.millrace.scheduler.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.takeover.Migrations;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.mv.Views;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.testing.InstalledPostgres;
import dev.millrace.testing.TestServices;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** What becomes of views and watches in a dump and its restore. */
class RestoreTest {
  /** With names that a dump has to quote. */
  private static final List<String> COUNTED =
      List.of("public.part", "public.\"select\"", "\"Odd, shop\".\"a \"\"b\"\".c\"");

  private static final List<String> RUNG = List.of("public.sale", "\"Odd, shop\".\"Order\"");
  private static final String WATCHES = "millrace.mv_watches (id, source, view_name, method)";

  @Test
  void a_restored_database_notes_changes_and_fills_empty_views(@TempDir Path directory)
      throws Exception {
    Optional<Path> programs = InstalledPostgres.programs();
    assumeTrue(programs.isPresent(), "no Postgres with pg_dump is installed");
    Path bin = programs.get();
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.start(
            directory.resolve("server"),
            EmbeddedPostgres.Options.defaults().withSuperuser().withPrograms(bin))) {
      try (Database old = open(postgres.jdbcUrl())) {
        new Migrations(old).run();
        make(old.jdbi(), Stream.concat(COUNTED.stream(), RUNG.stream()).toList());
        execute(
            old.jdbi(),
            "CREATE FUNCTION public.sales() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM sale'",
            "CREATE MATERIALIZED VIEW public.sold AS SELECT sales() AS n",
            "SELECT millrace.register_view('sold')");
        watch(old.jdbi(), COUNTED, "counter");
        watch(old.jdbi(), RUNG, "trigger");
        watch(old.jdbi(), List.of("public.gone"), "counter");
        execute(
            old.jdbi(),
            "DROP TABLE public.gone",
            "SELECT millrace.poll_counters()",
            "DELETE FROM millrace.mv_requests",
            "CREATE DATABASE restored");
      }
      Path dump = directory.resolve("dump.sql");
      InstalledPostgres.run(bin, "pg_dump", "-f", dump.toString(), address(postgres));
      String restored = address(postgres).replaceFirst("/millrace$", "/restored");
      // The session of a restore has no search path.
      assertThat(
              InstalledPostgres.run(
                  bin, "psql", "-X", "-q", "-o", "/dev/null", "-f", dump.toString(), restored))
          .filteredOn(line -> line.contains("ERROR"))
          .singleElement()
          .asString()
          .contains("\"sale\" does not exist");

      try (Database database =
          open(postgres.jdbcUrl().replaceFirst("/millrace\\?", "/restored?"))) {
        Jdbi jdbi = database.jdbi();
        assertThat(firstJobs(database)).containsExactly("mv:sold");
        assertThat(problems(jdbi)).containsExactly("watched_table_gone");
        everyWriteIsHeard(jdbi, COUNTED);
        everyWriteIsHeard(jdbi, RUNG);
      }
    }
  }

  /** Restored as a dump holds it, into a database in which the tables have other numbers. */
  @Test
  void a_watch_finds_its_table_by_name_and_one_without_a_table_does_no_harm() throws Exception {
    String rows;
    try (Database old = Database.open(TestServices.freshDatabase(), "test", 2)) {
      make(old.jdbi(), COUNTED);
      watch(old.jdbi(), COUNTED, "counter");
      watch(old.jdbi(), List.of("public.gone"), "counter");
      execute(old.jdbi(), "DROP TABLE public.gone");
      rows = copyOut(old.jdbi());
    }
    try (Database database = Database.open(TestServices.freshDatabase(), "test", 2)) {
      Jdbi jdbi = database.jdbi();
      execute(jdbi, "CREATE TABLE public.first_of_all (id integer)");
      make(jdbi, COUNTED);
      execute(jdbi, "SELECT millrace.register_view('counted')");
      copyIn(jdbi, rows);
      assertThat(problems(jdbi)).containsExactly("watched_table_gone");
      execute(jdbi, "SELECT millrace.poll_counters()");
      everyWriteIsHeard(jdbi, COUNTED);
    }
  }

  private static Database open(String jdbcUrl) {
    return Database.open(DatabaseUrl.parse(jdbcUrl), "test", 4);
  }

  private static void make(Jdbi jdbi, List<String> tables) {
    execute(
        jdbi,
        "INSERT INTO millrace.kinds (kind) VALUES ('mv.refresh')",
        "CREATE SCHEMA \"Odd, shop\"",
        "CREATE TABLE public.gone (id integer)",
        "CREATE MATERIALIZED VIEW public.counted AS SELECT 1 AS one",
        "CREATE UNIQUE INDEX ON public.counted (one)");
    tables.forEach(table -> execute(jdbi, "CREATE TABLE " + table + " (id integer)"));
  }

  private static void watch(Jdbi jdbi, List<String> tables, String method) {
    tables.forEach(
        table ->
            jdbi.useHandle(
                handle ->
                    handle.execute(
                        "SELECT millrace.watch(?, 'counted', method => ?)", table, method)));
  }

  private static void everyWriteIsHeard(Jdbi jdbi, List<String> tables) {
    for (String table : tables) {
      jdbi.useHandle(
          handle -> {
            handle.execute("DELETE FROM millrace.mv_requests");
            handle.execute("INSERT INTO " + table + " VALUES (1)");
            handle.execute("SELECT pg_stat_force_next_flush()");
          });
      Awaitility.await(table)
          .atMost(Duration.ofSeconds(30))
          .until(() -> texts(jdbi, "SELECT millrace.poll_counters()::text").equals(List.of("1")));
      assertThat(texts(jdbi, "SELECT view_name FROM millrace.mv_requests"))
          .as(table)
          .containsExactly("counted");
    }
  }

  private static List<String> problems(Jdbi jdbi) {
    return texts(jdbi, "SELECT code FROM millrace.preflight('counted')");
  }

  /** The jobs after the leader's first step. */
  private static List<String> firstJobs(Database database) {
    try (Redis redis = Redis.open(TestServices.freshRedis(), 4)) {
      QueueClient client = new QueueClient(database, redis, new ReadyJobs(redis));
      new MvDebouncer(database.jdbi(), client, Views.REFRESHES_AT_ONCE).run();
    }
    return texts(database.jdbi(), "SELECT unique_key FROM millrace.jobs ORDER BY 1");
  }

  private static String copyOut(Jdbi jdbi) throws SQLException, IOException {
    StringWriter rows = new StringWriter();
    asInDumps(jdbi, copies -> copies.copyOut("COPY " + WATCHES + " TO STDOUT", rows));
    return rows.toString();
  }

  private static void copyIn(Jdbi jdbi, String rows) throws SQLException, IOException {
    StringReader from = new StringReader(rows);
    asInDumps(jdbi, copies -> copies.copyIn("COPY " + WATCHES + " FROM STDIN", from));
  }

  private interface Copy {
    long run(CopyManager copies) throws SQLException, IOException;
  }

  private static void asInDumps(Jdbi jdbi, Copy copy) throws SQLException, IOException {
    try (Handle handle = jdbi.open()) {
      handle.begin();
      handle.execute("SET LOCAL search_path = ''");
      long rows = copy.run(handle.getConnection().unwrap(PGConnection.class).getCopyAPI());
      handle.commit();
      assertThat(rows).isEqualTo(COUNTED.size() + 1);
    }
  }

  /** Without its options: the libpq of releases before 16 does not know them all. */
  private static String address(EmbeddedPostgres postgres) {
    return postgres.databaseUrl().replaceFirst("[?].*", "");
  }

  private static void execute(Jdbi jdbi, String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }

  private static List<String> texts(Jdbi jdbi, String sql) {
    return jdbi.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).list());
  }
}
