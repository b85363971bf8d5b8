package dev.millrace.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.testing.SessionStates;
import dev.millrace.testing.TestServices;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.postgresql.PGConnection;

/** Each test borrows the one connection of a pool twice. */
class HandlerPoolTest {
  static final List<SessionStates.State> STATES = SessionStates.ALL;

  private final Database database = Database.open(TestServices.freshDatabase(), "test", 2);
  private final HandlerPool pool = database.handlerPool(1);
  private final Jdbi work = pool.jdbi();

  @BeforeEach
  void prepare() {
    database.jdbi().useHandle(SessionStates::prepare);
  }

  @AfterEach
  void close() {
    pool.close();
    database.close();
  }

  @ParameterizedTest
  @FieldSource("STATES")
  void the_next_borrower_sees_nothing_of_a_state(SessionStates.State state) {
    long first =
        work.withHandle(
            handle -> {
              handle.execute(state.leave());
              assertThat(handle.createQuery(state.seen()).mapTo(Boolean.class).one()).isTrue();
              return pid(handle);
            });
    work.useHandle(
        handle -> {
          assertThat(SessionStates.seenBy(handle)).isEmpty();
          assertThat(pid(handle)).as("the session was reset, not replaced").isEqualTo(first);
        });
  }

  @Test
  void a_pool_starts_when_a_connection_is_first_borrowed() {
    assertThat(threadsOfPool()).isEmpty();
    assertThat(work.withHandle(HandlerPoolTest::pid)).isPositive();
    assertThat(threadsOfPool()).isNotEmpty();
  }

  private static List<String> threadsOfPool() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("test work"))
        .toList();
  }

  @Test
  void an_open_transaction_closes_the_connection() throws Exception {
    long first;
    try (Connection connection = pool.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("CREATE TABLE public.undone (n integer)");
      first = connection.unwrap(PGConnection.class).getBackendPID();
    }
    work.useHandle(
        handle -> {
          assertThat(pid(handle)).isNotEqualTo(first);
          assertThat(
                  handle
                      .createQuery("SELECT to_regclass('public.undone') IS NULL")
                      .mapTo(Boolean.class)
                      .one())
              .isTrue();
        });
  }

  @Test
  void a_session_keeps_its_name_over_a_reset() {
    for (int borrowed = 0; borrowed < 2; borrowed++) {
      assertThat(work.withHandle(HandlerPoolTest::name)).isEqualTo("test work");
      work.useHandle(handle -> handle.execute("SET application_name = 'mine'"));
    }
  }

  private static String name(Handle handle) {
    return handle.select("SELECT current_setting('application_name')").mapTo(String.class).one();
  }

  @Test
  void a_discarded_connection_is_not_borrowed_again() {
    long first =
        work.withHandle(
            handle -> {
              HandlerPool.discard(handle.getConnection());
              return pid(handle);
            });
    assertThat(work.withHandle(HandlerPoolTest::pid)).isNotEqualTo(first);
  }

  @Test
  void a_connection_whose_session_was_ended_is_not_borrowed_again() {
    long first =
        work.withHandle(
            handle -> {
              long pid = pid(handle);
              database
                  .jdbi()
                  .useHandle(other -> other.execute("SELECT pg_terminate_backend(?)", (int) pid));
              return pid;
            });
    assertThat(work.withHandle(HandlerPoolTest::pid)).isNotEqualTo(first);
  }

  @Test
  void a_connection_that_was_returned_past_the_pool_is_cleaned_too() throws Exception {
    try (Connection connection = pool.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SET work_mem = '123MB'");
      statement.getConnection().close();
    }
    work.useHandle(handle -> assertThat(SessionStates.seenBy(handle)).isEmpty());
  }

  @Test
  void what_the_driver_keeps_of_a_connection_does_not_last() throws Exception {
    try (Connection connection = pool.dataSource().getConnection()) {
      connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT);
      connection.unwrap(PGConnection.class).setDefaultFetchSize(1);
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    }
    try (Connection connection = pool.dataSource().getConnection()) {
      assertThat(connection.getHoldability()).isEqualTo(ResultSet.CLOSE_CURSORS_AT_COMMIT);
      assertThat(connection.unwrap(PGConnection.class).getDefaultFetchSize()).isZero();
      assertThat(connection.isReadOnly()).isFalse();
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    }
  }

  @Test
  void statements_that_a_function_has_dropped_are_prepared_again() {
    work.useHandle(
        handle -> {
          for (int i = 0; i < 20; i++) {
            assertThat(handle.select("SELECT ?::integer", i).mapTo(Integer.class).one())
                .isEqualTo(i);
            handle.execute("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$");
          }
        });
  }

  @Test
  void a_language_that_keeps_state_in_the_session_costs_a_new_one_each_time() {
    database
        .jdbi()
        .useHandle(
            handle -> handle.execute("CREATE LANGUAGE keeping HANDLER plpgsql_call_handler"));
    long first = work.withHandle(HandlerPoolTest::pid);
    assertThat(work.withHandle(HandlerPoolTest::pid)).isNotEqualTo(first);
  }

  @Test
  void a_pool_that_is_used_up_says_so_and_leaves_others_alone() {
    try (Handle held = work.open()) {
      assertThat(pid(held)).isPositive();
      assertThatThrownBy(() -> work.withHandle(HandlerPoolTest::pid))
          .hasStackTraceContaining(
              "no connection for a handler came free within 5 s: all 1 are in use");
      assertThat(database.jdbi().withHandle(HandlerPoolTest::pid)).isPositive();
    }
    assertThat(work.withHandle(HandlerPoolTest::pid)).isPositive();
  }

  private static long pid(Handle handle) {
    return handle.createQuery("SELECT pg_backend_pid()").mapTo(Long.class).one();
  }
}
