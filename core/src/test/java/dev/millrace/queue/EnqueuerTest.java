package dev.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.db.Database;
import dev.millrace.testing.TestServices;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A role that may call {@code millrace.enqueue}, and nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnqueuerTest {
  private static final String ENQUEUE = "SELECT job_id FROM millrace.enqueue(";

  private final Database database = Database.open(TestServices.freshDatabase(), "test", 2);
  private final Jdbi jdbi = database.jdbi();

  @BeforeAll
  void roles() {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO millrace.kinds (kind) VALUES ('enqueuer.mail');
                CREATE ROLE enqueuer_of_test;
                CREATE ROLE stranger_of_test;
                GRANT USAGE ON SCHEMA millrace TO enqueuer_of_test, stranger_of_test;
                GRANT EXECUTE ON FUNCTION millrace.enqueue TO enqueuer_of_test;
                """));
  }

  @AfterAll
  void close() {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "DROP OWNED BY enqueuer_of_test, stranger_of_test; DROP ROLE enqueuer_of_test, stranger_of_test"));
    database.close();
  }

  @Test
  void a_role_with_execute_alone_enqueues_in_every_way() {
    assertThat(as("enqueuer_of_test", ENQUEUE + "'enqueuer.mail', '{\"n\": 1}')")).isPositive();
    for (String arguments :
        new String[] {
          "unique_key => 'once'",
          "unique_key => 'later', debounce => interval '1 minute', merge => 'union'",
          "unique_key => 'rare', throttle => interval '1 minute'",
          "unique_key => 'first', debounce => interval '1 minute', leading_edge => true"
        }) {
      String call = ENQUEUE + "'enqueuer.mail', '{\"n\": [1]}', " + arguments + ")";
      long first = as("enqueuer_of_test", call);
      assertThat(as("enqueuer_of_test", call)).as(arguments).isGreaterThanOrEqualTo(first);
    }
  }

  @Test
  void a_role_with_execute_alone_reads_and_writes_no_table() {
    for (String statement :
        new String[] {
          "SELECT id FROM millrace.jobs LIMIT 1",
          "UPDATE millrace.jobs SET priority = 1 RETURNING id",
          "SELECT count(*) FROM millrace.kinds"
        }) {
      assertThatThrownBy(() -> as("enqueuer_of_test", statement))
          .as(statement)
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void a_role_without_execute_is_refused() {
    assertThatThrownBy(() -> as("stranger_of_test", ENQUEUE + "'enqueuer.mail')"))
        .hasMessageContaining("permission denied for function enqueue");
  }

  @Test
  void a_role_with_grants_names_only_those_kinds_and_queues() {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              """
              CREATE ROLE limited_of_test;
              GRANT millrace_enqueue TO limited_of_test;
              INSERT INTO millrace.enqueue_grants VALUES
                ('limited_of_test', 'enqueuer.mail', 'default'), ('limited_of_test', 'enqueuer.report', '*'),
                ('a role that was dropped', 'enqueuer.mail', '*');
              SET SESSION AUTHORIZATION limited_of_test;
              """);
          assertThat(id(handle, ENQUEUE + "'enqueuer.mail')")).isPositive();
          assertThat(id(handle, ENQUEUE + "'enqueuer.report', queue => 'slow')")).isPositive();
          for (String arguments :
              new String[] {
                "'enqueuer.mail', queue => 'slow'",
                "'stats.update'",
                "'enqueuer.mail', callback => '{\"kind\": \"stats.update\"}'",
                "'enqueuer.mail', parent_id => 1",
                "'enqueuer.mail', background_worker => 'stats_update'"
              }) {
            for (String role : new String[] {"NONE", "millrace_enqueue"}) {
              handle.execute("SAVEPOINT before; SET LOCAL ROLE " + role);
              assertThatThrownBy(() -> id(handle, ENQUEUE + arguments + ")"))
                  .as("%s as %s", arguments, role)
                  .hasMessageContaining("kind: the role limited_of_test may not enqueue jobs of");
              handle.execute("ROLLBACK TO before");
            }
          }
          handle.execute("RESET SESSION AUTHORIZATION");
          assertThat(id(handle, ENQUEUE + "'stats.update')")).as("the owner").isPositive();
          handle.rollback();
        });
    assertThat(as("enqueuer_of_test", ENQUEUE + "'enqueuer.any')"))
        .as("a role without grants")
        .isPositive();
  }

  @Test
  void nothing_of_the_callers_search_path_is_called() {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              """
              CREATE SCHEMA caught_of_test AUTHORIZATION enqueuer_of_test;
              SET LOCAL ROLE enqueuer_of_test;
              CREATE FUNCTION caught_of_test.caught(text, integer) RETURNS text LANGUAGE plpgsql AS $$
              BEGIN RAISE EXCEPTION 'caught as %', current_user; END $$;
              CREATE FUNCTION caught_of_test.format(text, integer) RETURNS text LANGUAGE sql AS 'SELECT caught_of_test.caught($1, $2)';
              CREATE FUNCTION pg_temp.hashtextextended(text, integer) RETURNS bigint LANGUAGE plpgsql AS $$
              BEGIN RAISE EXCEPTION 'caught as %', current_user; END $$;
              SET LOCAL search_path = caught_of_test, pg_temp, pg_catalog;
              """);
          assertThat(
                  id(
                      handle,
                      ENQUEUE + "'enqueuer.mail', unique_key => 'k', throttle => interval '1 s')"))
              .isPositive();
          assertThatThrownBy(() -> id(handle, ENQUEUE + "'enqueuer.mail', priority => 101)"))
              .hasMessageContaining("priority: must be -100 to 100, was '101'");
          handle.rollback();
        });
  }

  private long as(String role, String statement) {
    return jdbi.inTransaction(
        handle -> {
          handle.execute("SET LOCAL ROLE " + role);
          return id(handle, statement);
        });
  }

  private static long id(Handle handle, String statement) {
    return handle.createQuery(statement).mapTo(Long.class).one();
  }
}
