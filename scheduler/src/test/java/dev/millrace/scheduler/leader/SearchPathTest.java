package dev.millrace.scheduler.leader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.HandlerPool;
import dev.millrace.db.SearchPath;
import dev.millrace.db.Sql;
import dev.millrace.mv.Views;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.testing.TestServices;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A role that may create in {@code public}, and what our statements find there. */
class SearchPathTest {
  private static final String ATTACKER = "attacker_of_search_path";

  private final DatabaseUrl url = TestServices.freshDatabase();
  private final Database users = Database.open(url, "users", 2);
  private final Database ours = Database.openOwn(url, "ours", 2);
  private final Jdbi jdbi = users.jdbi();

  @BeforeEach
  void traps() {
    execute(Sql.of(SearchPathTest.class, "traps").replace("ATTACKER", ATTACKER));
    execute(
        "INSERT INTO millrace.kinds (kind) VALUES ('mv.refresh'), ('stats.update')",
        "CREATE TABLE public.part (id integer PRIMARY KEY)",
        "CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) AS n FROM public.part");
  }

  @AfterEach
  void close() {
    execute("DROP OWNED BY " + ATTACKER, "DROP ROLE " + ATTACKER);
    ours.close();
    users.close();
  }

  @Test
  void the_traps_catch_a_statement_that_searches_public() {
    execute("SELECT relname || relname FROM pg_class LIMIT 1");
    assertThat(caught()).containsExactly("||(name,name)");
    execute("DELETE FROM public.caught");
    execute("SELECT format('%s', 'pg_catalog'::regnamespace, relname) FROM pg_class LIMIT 1");
    assertThat(caught()).containsExactly("format(text,regnamespace,name)");
  }

  @Test
  void every_connection_of_millrace_has_the_fixed_search_path() {
    assertThat(text(ours.jdbi(), "SHOW search_path")).isEqualTo(SearchPath.FIXED);
    assertThat(text(jdbi, "SHOW search_path")).isEqualTo("\"$user\", public");
    try (HandlerPool handlers = ours.handlerPool(1)) {
      assertThat(text(handlers.jdbi(), "SHOW search_path")).isEqualTo("\"$user\", public");
      assertThat(
              handlers
                  .jdbi()
                  .<String, RuntimeException>inTransaction(
                      handle ->
                          SearchPath.fixed(
                                  handle,
                                  () ->
                                      setting(handle)
                                          + " | "
                                          + SearchPath.ofUsers(handle, () -> setting(handle))
                                          + " | "
                                          + setting(handle))
                              + " | "
                              + setting(handle)))
          .isEqualTo(
              SearchPath.FIXED
                  + " | \"$user\", public | "
                  + SearchPath.FIXED
                  + " | \"$user\", public");
    }
  }

  private static String setting(Handle handle) {
    return handle.createQuery("SHOW search_path").mapTo(String.class).one();
  }

  @Test
  void looks_at_views_catch_nothing_of_public() {
    execute("SELECT millrace.register_view('counted')", "SELECT millrace.watch('part', 'counted')");
    try (var server = TestServices.startRedis();
        Redis redis = Redis.open(RedisUrl.parse(server.url()), 4)) {
      QueueClient client = new QueueClient(ours, redis, new ReadyJobs(redis));
      Views views = new Views(ours.jdbi(), client);
      MvDebouncer debouncer = new MvDebouncer(ours.jdbi(), client, 3);
      execute("INSERT INTO public.part VALUES (1)", "SELECT millrace.request_refresh('Counted')");
      debouncer.run();
      assertThat(views.all()).isNotEmpty();
      assertThat(views.preflight("counted")).isNotEmpty();
    }
    assertThat(caught()).isEmpty();
  }

  @Test
  void what_a_user_calls_catches_nothing_of_public() {
    execute(
        "SELECT millrace.register_view('counted')",
        "SELECT millrace.watch('part', 'counted', '{id}')",
        "SELECT * FROM millrace.preflight('counted')",
        "SELECT millrace.known_view('Counted')",
        "SELECT millrace.normalise_requests()",
        "SELECT millrace.find_unknown_requests()",
        "SELECT millrace.resolve_views(true)",
        "SELECT millrace.repair_watches()",
        "SELECT millrace.poll_counters()",
        "CREATE FUNCTION public.add_up() RETURNS void LANGUAGE sql AS 'SELECT'",
        "SELECT millrace.register_stats_function('add_up')",
        "SELECT millrace.unregister_stats_function('add_up')",
        "SELECT job_id FROM millrace.enqueue_stats('admin')",
        "SELECT millrace.unwatch('part', 'counted')",
        "SELECT millrace.unregister_view('counted')");
    assertThat(caught()).isEmpty();
  }

  @Test
  void names_are_read_under_the_path_that_the_database_gives() {
    assertThat(text(ours.jdbi(), "SELECT millrace.written_relation(millrace.view_oid('counted'))"))
        .isEqualTo("public.counted");
    execute(
        "CREATE SCHEMA app",
        "CREATE MATERIALIZED VIEW app.counted AS SELECT 1 AS n",
        "DO $$ BEGIN EXECUTE pg_catalog.format('ALTER DATABASE %I SET search_path = app, public', pg_catalog.current_database()); END $$");
    try (Database later = Database.openOwn(url, "later", 1)) {
      assertThat(
              text(later.jdbi(), "SELECT millrace.written_relation(millrace.view_oid('counted'))"))
          .isEqualTo("app.counted");
      assertThat(text(later.jdbi(), "SHOW search_path")).isEqualTo(SearchPath.FIXED);
    }
  }

  private List<String> caught() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT DISTINCT what FROM public.caught ORDER BY 1")
                .mapTo(String.class)
                .list());
  }

  private static String text(Jdbi jdbi, String sql) {
    return jdbi.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).one());
  }

  private void execute(String... statements) {
    jdbi.useHandle(
        handle -> {
          for (String statement : statements) {
            handle.execute(statement);
          }
        });
  }
}
