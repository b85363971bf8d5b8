package dev.millrace.testing;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** What code can leave behind in a session of Postgres, and how the next one would notice. */
public final class SessionStates {
  private static final String LOCK = "471147114711";

  /**
   * One kind of state.
   *
   * @param leave a statement that a function can run too
   * @param seen a query that answers true in a session where it was left
   */
  public record State(String name, String leave, String seen) {
    @Override
    public String toString() {
      return name;
    }
  }

  public static final List<State> ALL =
      List.of(
          new State(
              "a setting",
              "SET work_mem = '123MB'",
              "SELECT current_setting('work_mem') = '123MB'"),
          new State(
              "a setting of its own",
              "SET shop.tenant = 'one'",
              "SELECT coalesce(current_setting('shop.tenant', true), '') <> ''"),
          new State(
              "a time-out",
              "SET statement_timeout = '4711s'",
              "SELECT current_setting('statement_timeout') = '4711s'"),
          new State(
              "read only",
              "SET default_transaction_read_only = on",
              "SELECT current_setting('transaction_read_only')::boolean"),
          new State(
              "isolation",
              "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
              "SELECT current_setting('transaction_isolation') = 'serializable'"),
          new State("a role", "SET ROLE pg_monitor", "SELECT current_user = 'pg_monitor'"),
          new State(
              "another user",
              "SET SESSION AUTHORIZATION pg_monitor",
              "SELECT session_user = 'pg_monitor'"),
          new State(
              "a search path",
              "SET search_path = pg_temp",
              "SELECT current_setting('search_path') = 'pg_temp'"),
          new State(
              "the role of a replica",
              "SET session_replication_role = replica",
              "SELECT current_setting('session_replication_role') = 'replica'"),
          new State(
              "an advisory lock",
              "DO $$ BEGIN PERFORM pg_advisory_lock(" + LOCK + "); END $$",
              "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"),
          new State(
              "a temporary table",
              "CREATE TEMP TABLE left_behind (n integer)",
              "SELECT to_regclass('pg_temp.left_behind') IS NOT NULL"),
          new State(
              "a prepared statement",
              "PREPARE left_behind AS SELECT 1",
              "SELECT count(*) > 0 FROM pg_prepared_statements WHERE name = 'left_behind'"),
          new State(
              "an open cursor",
              "DECLARE left_behind CURSOR WITH HOLD FOR SELECT 1",
              "SELECT count(*) > 0 FROM pg_cursors WHERE name = 'left_behind'"),
          new State(
              "a channel",
              "LISTEN left_behind",
              "SELECT count(*) > 0 FROM pg_listening_channels()"),
          new State(
              "a seed",
              "DO $$ BEGIN PERFORM setseed(0.4711); END $$",
              "SELECT random() = (SELECT first FROM public.after_seed)"));

  private SessionStates() {}

  /** What the first random() after the seed is. */
  public static void prepare(Handle handle) {
    handle.execute("CREATE TABLE public.after_seed (first double precision)");
    handle.execute(
        "DO $$ BEGIN PERFORM setseed(0.4711); INSERT INTO public.after_seed SELECT random(); END $$");
    handle.execute("GRANT SELECT ON public.after_seed TO PUBLIC");
  }

  /** The kinds of state that are seen in a session. */
  public static List<String> seenBy(Handle handle) {
    return ALL.stream()
        .filter(state -> handle.createQuery(state.seen()).mapTo(Boolean.class).one())
        .map(State::name)
        .toList();
  }
}
