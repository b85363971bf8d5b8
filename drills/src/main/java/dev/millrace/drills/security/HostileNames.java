package dev.millrace.drills.security;

import dev.millrace.drills.testbed.TestBed;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.JdbiException;

/**
 * Names that are statements where they are not quoted. As the names of tables, columns and views
 * they must work like any other; as words in a call they are refused or are just words.
 */
final class HostileNames {
  private static final Duration WITHIN = Duration.ofSeconds(60);

  private static final List<String> NAMES =
      List.of(
          "a\"b",
          "\"",
          "\"\"",
          "a\"; DROP TABLE drill.canary; --",
          "a'b",
          "'",
          "''",
          "a'; DROP TABLE drill.canary; --",
          "'); DROP TABLE drill.canary; --",
          "\"); DROP TABLE drill.canary; --",
          "$$; DROP TABLE drill.canary; $$",
          "$ring$; DROP TABLE drill.canary",
          "a\\",
          "\\'",
          "\\\"",
          "E'\\047",
          "U&\"\\0041\"",
          "a;b",
          ";",
          "--",
          "/*",
          "*/",
          "a b",
          " ",
          " a ",
          "a.b",
          "public.a",
          ".",
          "..",
          "(a)",
          "a(b)",
          "%s",
          "%I",
          "%1$s",
          "%",
          "?",
          "??",
          ":a",
          "::text",
          "{a,b}",
          "{",
          "[1]",
          "select",
          "SELECT",
          "table",
          "null",
          "public",
          "pg_temp",
          "1",
          "0x41",
          "-1",
          "a\nb",
          "a\tb",
          "a\rb",
          "a\u001b[2J",
          "\u202ea",
          "\u00e9\u00df\u4e2d\ud83d\ude80",
          "A",
          "a\u0001b",
          "x".repeat(63));

  /** What a kind that is not there is refused with. */
  private static final String REFUSED = "22023";

  private final TestBed testBed;
  private final List<String> views = new ArrayList<>();

  HostileNames(TestBed testBed) {
    this.testBed = testBed;
  }

  /** Tries all of them. */
  void attack(Attempts attempts) {
    testBed.script("CREATE TABLE drill.canary ()");
    for (int i = 0; i < NAMES.size(); i++) {
      named(attempts, "v" + i, NAMES.get(i));
      said(attempts, NAMES.get(i));
    }
    testBed.waits().happens(WITHIN, () -> stale().isEmpty());
    attempts.expect("views with hostile names that are not fresh", List.of(), stale());
    attempts.expect(
        "names that were carried out",
        List.of("drill.canary"),
        testBed.texts("SELECT to_regclass('drill.canary')::text"));
    attempts.expect(
        "names that were not taken as they are",
        0L,
        testBed.number("SELECT count(*) FROM millrace.mv_views WHERE view_name LIKE 'nosuch%'"));
  }

  /** The name is that of a column of a table, and of a view that watches it. */
  private void named(Attempts attempts, String schema, String name) {
    String quoted = "\"" + name.replace("\"", "\"\"") + "\"";
    String view = schema + "." + quoted;
    testBed.script(
        ("CREATE SCHEMA %1$s;"
                + "CREATE TABLE %1$s.of_users (%2$s integer PRIMARY KEY, amount integer);"
                + "CREATE MATERIALIZED VIEW %1$s.%2$s AS SELECT * FROM %1$s.of_users;"
                + "CREATE UNIQUE INDEX ON %1$s.%2$s (%2$s)")
            .formatted(schema, quoted));
    attempts.expect(
        "names that were not taken as they are",
        List.of(view),
        testBed.texts(
            "SELECT millrace.register_view(?, debounce => interval '0', max_wait => interval '0')",
            view));
    testBed.texts(
        "SELECT millrace.watch(?, ?, ARRAY[?::text, 'amount'])::text",
        schema + ".of_users",
        view,
        name);
    views.add(view);
    testBed.script("INSERT INTO %s.of_users VALUES (1, 1)".formatted(schema));
    testBed.script("UPDATE %s.of_users SET amount = 2".formatted(schema));
  }

  /** The name is a word in calls: of a view that is not there, a kind, a key. */
  private void said(Attempts attempts, String name) {
    testBed.texts("SELECT millrace.request_refresh(?)::text", "nosuch" + name);
    testBed.texts(
        "SELECT created::text FROM millrace.enqueue('drill.serialized', '{\"object\": \"AA==\"}',"
            + " delay => interval '1 hour', unique_key => ?, lock_key => ?)",
        name,
        name);
    attempts.expect(
        "names that were not taken as they are",
        1L,
        testBed.number(
            "SELECT count(*) FROM millrace.jobs WHERE unique_key = ? AND lock_key = ?",
            name,
            name));
    attempts.expect("names that were not taken as they are", REFUSED, kind(name));
  }

  /** The SQLSTATE with which a name is refused as a kind; the same when it becomes just that. */
  private String kind(String name) {
    try {
      long job = testBed.number("SELECT job_id FROM millrace.enqueue(?)", name);
      long asItIs =
          testBed.number(
              "WITH gone AS (DELETE FROM millrace.jobs WHERE id = ? AND kind = ? RETURNING 1)"
                  + " SELECT count(*) FROM gone",
              job,
              name);
      return asItIs == 1 ? REFUSED : "job " + job + " of another kind";
    } catch (JdbiException e) {
      return e.getCause() instanceof SQLException sql
          ? String.valueOf(sql.getSQLState())
          : e.toString();
    }
  }

  /** Views that do not show the last change of their table. */
  private List<String> stale() {
    return views.stream()
        .filter(
            view ->
                testBed.number(
                        "SELECT count(*) FROM query_to_xml(?, false, false, '') AS found"
                            + " WHERE found::text LIKE '%<amount>2</amount>%'",
                        "SELECT amount FROM " + view)
                    == 0)
        .toList();
  }
}
