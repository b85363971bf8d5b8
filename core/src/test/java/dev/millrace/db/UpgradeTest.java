package dev.millrace.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.MillraceException;
import dev.millrace.job.NewJob;
import dev.millrace.mv.MvDebouncer;
import dev.millrace.queue.Claims;
import dev.millrace.queue.JobClient;
import dev.millrace.queue.Leases;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.testing.TestServices;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Databases of older releases, and what migrating makes of them. */
class UpgradeTest {
  private static final String MIGRATIONS = "dev/millrace/sql/migration";
  private static final String SCHEMA = Sql.of(UpgradeTest.class, "schema");

  /** All migrations up to the newest that was released; the list grows with each release. */
  private static final List<String> RELEASED =
      List.of(
          ("001 002 003 004 005 006 020 021 022 023 024 030 031 035 036 037"
                  + " 040 041 042 043 044 045 050")
              .split(" "));

  private final Database database = Database.open(TestServices.emptyDatabase(), "test", 8);
  private final Jdbi jdbi = database.jdbi();
  private final MigrationInfo[] all = flyway("classpath:" + MIGRATIONS).info().all();

  @AfterEach
  void close() {
    database.close();
  }

  @ParameterizedTest(name = "up to {0}, without {1}")
  @CsvSource({"041, 037", "050, 044 045", "050, 045"})
  void a_database_that_lacks_migrations_gets_them_and_goes_on(
      String newest, String without, @TempDir Path directory) throws IOException {
    int had = install(newest, Set.of(without.split(" ")), directory);
    execute(
        "CREATE TABLE public.part (id integer)",
        "CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) FROM public.part",
        "SELECT millrace.watch('part', 'counted')",
        "INSERT INTO public.mv_refresh_queue (view_name, refresh_requested_at) VALUES ('counted', now() - interval '1 hour')",
        "INSERT INTO millrace.kinds (kind) VALUES ('test.noop'), ('mv.refresh')",
        "SELECT millrace.enqueue('test.noop') FROM generate_series(1, 3)",
        "UPDATE public.background_workers SET queue = 'reports' WHERE worker_name = 'stats_update'");
    assertThat(database.pendingMigrations()).isEqualTo(all.length - had);

    database.migrate();

    assertThat(database.pendingMigrations()).isZero();
    assertThat(claimed("test.noop")).isEqualTo(3);
    assertThat(refreshesEnqueued()).isEqualTo(1);
    assertThat(claimed("mv.refresh")).isEqualTo(1);
    assertThat(
            texts(
                jdbi,
                "SELECT queue FROM public.background_workers WHERE worker_name = 'stats_update'"))
        .containsExactly("reports");
    execute(
        "DROP TABLE public.part CASCADE",
        "DELETE FROM millrace.mv_watches",
        "SELECT millrace.take_bells_down()");
    try (Database fresh = Database.open(TestServices.freshDatabase(), "test", 2)) {
      assertThat(texts(jdbi, SCHEMA)).containsExactlyElementsOf(texts(fresh.jdbi(), SCHEMA));
    }
  }

  @Test
  void a_watch_that_a_restore_had_given_a_wrong_table_gets_its_own_again(@TempDir Path directory)
      throws IOException {
    int unused = install("051", Set.of(), directory);
    execute(
        "CREATE TABLE public.part (id integer)",
        "CREATE TABLE public.\"Sale\" (id integer)",
        "CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) FROM public.part",
        "SELECT millrace.watch('part', 'counted')",
        "SELECT millrace.watch('Sale', 'counted')",
        "UPDATE millrace.mv_watches SET source = CASE id WHEN 1 THEN 42 ELSE 'millrace.jobs'::regclass END");

    database.migrate();

    assertThat(texts(jdbi, "SELECT source::text FROM millrace.mv_watches ORDER BY id"))
        .containsExactly("part", "\"Sale\"");
    assertThat(texts(jdbi, "SELECT code FROM millrace.preflight('counted')"))
        .doesNotContain("deaf_watch", "watched_table_gone");
  }

  @Test
  void a_new_migration_has_a_number_above_the_released_ones() {
    assertThat(Stream.of(all).filter(MigrationInfo::isVersioned).map(UpgradeTest::version))
        .startsWith(RELEASED.toArray(String[]::new));
  }

  @Test
  void a_migration_that_has_changed_since_it_ran_is_refused() {
    database.migrate();
    execute(
        "UPDATE millrace.flyway_schema_history SET checksum = checksum + 1 WHERE version = '037'");
    assertThatThrownBy(database::migrate)
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("checksum mismatch")
        .hasMessageContaining("037");
  }

  @Test
  void a_migration_that_ran_and_that_no_release_has_is_refused() {
    database.migrate();
    execute("UPDATE millrace.flyway_schema_history SET version = '038' WHERE version = '037'");
    assertThatThrownBy(database::migrate)
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("not resolved locally: 038");
  }

  /** Makes the database what a release with fewer migrations made it. */
  private int install(String newest, Set<String> without, Path directory) throws IOException {
    for (MigrationInfo migration : all) {
      if (!migration.isVersioned()) { // the newest form of a function, made after all others
        continue;
      }
      String version = version(migration);
      if (version.compareTo(newest) <= 0 && !without.contains(version)) {
        String file = migration.getScript();
        try (InputStream text =
            Objects.requireNonNull(
                getClass().getClassLoader().getResourceAsStream(MIGRATIONS + "/" + file))) {
          Files.copy(text, directory.resolve(file));
        }
      }
    }
    return flyway("filesystem:" + directory).migrate().migrationsExecuted;
  }

  private static String version(MigrationInfo migration) {
    return migration.getVersion().getVersion();
  }

  private Flyway flyway(String location) {
    return Flyway.configure()
        .dataSource(database.dataSource())
        .locations(location)
        .schemas("millrace")
        .defaultSchema("millrace")
        .load();
  }

  private int claimed(String kind) {
    new Leases(jdbi, Leases.LEASE)
        .register(
            new Leases.Registration(
                kind, kind, "here", 1, List.of(NewJob.DEFAULT_QUEUE), List.of(kind), 1));
    return new Claims(jdbi).claimNext(kind, NewJob.DEFAULT_QUEUE, List.of(kind), 10).size();
  }

  private int refreshesEnqueued() {
    try (Redis redis = Redis.open(TestServices.freshRedis(), 4)) {
      JobClient client = new JobClient(jdbi, redis, new ReadyJobs(redis));
      return new MvDebouncer(jdbi, client, MvDebouncer.AT_ONCE).run();
    }
  }

  private void execute(String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }

  private static List<String> texts(Jdbi jdbi, String sql) {
    return jdbi.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).list());
  }
}
