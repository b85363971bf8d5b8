package dev.millrace.drills.security;

import dev.millrace.db.Sql;
import dev.millrace.drills.DrillException;
import dev.millrace.drills.testbed.TestBed;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A database role that may do what an application may, and that puts code of its own wherever a
 * function with our rights could call it.
 */
final class OtherRole implements AutoCloseable {
  private static final String NO_RIGHT = "42501";
  private static final Duration WITHIN = Duration.ofSeconds(30);

  /** Under the path that finds the role's own operators and functions first. */
  private static final String PATH = "SET search_path = trap, public, pg_catalog";

  /** What it may do, each once in every way that takes another branch. */
  private static final List<String> ALLOWED =
      List.of(
          "SELECT millrace.request_refresh('goods_seen')",
          "SELECT millrace.request_refresh('no such view')",
          "SELECT millrace.request_refresh('public.bait_view')",
          "SELECT millrace.enqueue('drill.serialized', '{\"object\": \"AA==\"}', delay => interval '1 hour')",
          "SELECT millrace.enqueue('drill.serialized', '{\"object\": \"AA==\"}', unique_key => 'a', debounce => interval '1 hour', merge => 'union')",
          "SELECT millrace.enqueue('drill.serialized', '{\"object\": \"AB==\"}', unique_key => 'a', debounce => interval '1 hour', merge => 'union')",
          "SELECT millrace.enqueue('drill.serialized', '{\"object\": \"AA==\"}', delay => interval '1 hour', unique_key => 'b', throttle => interval '1 hour')",
          "SELECT millrace.enqueue('drill.serialized', '{\"object\": \"AA==\"}', delay => interval '1 hour', unique_key => 'b', throttle => interval '1 hour')",
          "SELECT millrace.enqueue('mv.refresh', '{\"views\": [\"public.goods_seen\"]}', delay => interval '1 hour')",
          "INSERT INTO trap.goods VALUES ('a', 'a', 'one'), ('b', 'a', 'two')",
          "UPDATE trap.goods SET sku = 'b', name = 'three'",
          "UPDATE trap.goods SET id = 'c' WHERE id = 'b'",
          "DELETE FROM trap.goods WHERE id = 'c'",
          "TRUNCATE trap.goods");

  /** What it may not do. */
  private static final List<String> REFUSED =
      List.of(
          "CREATE TRIGGER x BEFORE INSERT ON trap.goods FOR EACH ROW EXECUTE FUNCTION millrace.note_background_worker_change()",
          "CREATE TRIGGER x AFTER UPDATE ON trap.goods REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION millrace.compare_change('1', '1', '2', 'sku')",
          "SELECT millrace.create_change_seq(1)",
          "SELECT millrace.change_not_noted(1)",
          "SELECT millrace.drop_unused_change_seqs()",
          "SELECT millrace.watch('trap.goods', 'public.bait_view')",
          "SELECT millrace.register_view('public.bait_view')",
          "SELECT millrace.register_stats_function('trap.counted')",
          "CREATE FUNCTION millrace.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
          "CREATE TABLE millrace.mine ()",
          "ALTER TABLE millrace.jobs ADD mine integer",
          "ALTER FUNCTION millrace.request_refresh(text) RESET search_path",
          "CREATE TRIGGER x BEFORE INSERT ON millrace.jobs FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
          "COPY millrace.jobs TO STDOUT",
          "COPY trap.goods TO PROGRAM 'true'",
          "COPY trap.goods FROM '/etc/passwd'",
          "SELECT pg_read_file('/etc/passwd')",
          "SELECT pg_ls_dir('.')",
          "ALTER SYSTEM SET log_statement = 'all'",
          "SET ROLE pg_read_server_files",
          "SELECT rolpassword FROM pg_authid",
          "SELECT setval('drill.history_seq_seq', 1)");

  private final TestBed testBed;
  private final String name = "drill_other_" + UUID.randomUUID().toString().substring(0, 8);
  private final Connection session;

  /** Makes it, with its traps; {@link #close} drops it. */
  OtherRole(TestBed testBed) {
    this.testBed = testBed;
    String password = UUID.randomUUID().toString();
    testBed.script(
        Sql.of(OtherRole.class, "traps").replace("$role", name).replace("$password", password));
    this.session = testBed.login(name, password);
    tried(PATH);
  }

  /** Tries everything. */
  void attack(Attempts attempts) {
    attempts.expect("a trap that catches nothing", "done", tried("SELECT 1 < 2"));
    attempts.expect(
        "a trap that catches nothing",
        1L,
        testBed.number("SELECT is_called::integer FROM drill.times_passed"));
    for (String one : ALLOWED) {
      attempts.expect(
          "what an application may do was refused", one + ": done", one + ": " + tried(one));
    }
    Stream.of(REFUSED, testBed.texts(Sql.of(OtherRole.class, "doors")))
        .flatMap(List::stream)
        .forEach(
            one ->
                attempts.expect(
                    "doors that were open", one + ": " + NO_RIGHT, one + ": " + tried(one)));
    attempts.expect(
        "a view of another role was not refreshed",
        true,
        testBed
            .waits()
            .happens(
                WITHIN,
                () ->
                    testBed.number(
                            "SELECT count(*) FROM public.mv_refresh_log WHERE view_name LIKE '%bait_view'")
                        > 0));
  }

  /** What the traps caught; to be asked when nothing of the attack is under way any more. */
  void judge(Attempts attempts) {
    attempts.expect(
        "code of others that ran with our rights",
        "0 times",
        caught()
            + " times"
            + String.join(
                ", ",
                testBed.texts(
                    "SELECT DISTINCT ' ' || what || ' as ' || as_role FROM drill.caught")));
    attempts.expect(
        "code of others that ran with our rights",
        List.of(),
        testBed.texts(
            "SELECT rolname::text FROM pg_roles WHERE rolname = ? AND (rolsuper OR rolcreaterole)",
            name));
  }

  private long caught() {
    return testBed.number(
        "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM drill.times_caught");
  }

  /** The SQLSTATE of a statement, which stays if it is carried out: "done". */
  private String tried(String statements) {
    try (Statement statement = session.createStatement()) {
      statement.execute(statements);
      return "done";
    } catch (SQLException e) {
      return String.valueOf(e.getSQLState());
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (SQLException e) {
      throw new DrillException("the session of " + name + " could not be closed", e);
    }
    testBed.script("DROP OWNED BY " + name + " CASCADE; DROP ROLE " + name);
  }
}
