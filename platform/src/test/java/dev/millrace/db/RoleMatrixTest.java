package dev.millrace.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.TestServices;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each sort of role may do with every schema, function, table, view, sequence and domain of
 * ours, by the catalog and by trying.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoleMatrixTest {
  /** Lines of {@code object | role: rights; role: rights}, or {@code object | nobody}. */
  private static final String DECLARED = "RoleMatrixTest/rights.txt";

  private static final String STRANGER = "matrix_stranger";
  private static final String WRITER = "matrix_writer";
  private static final String OWNER = "matrix_owner";
  private static final String ENQUEUER = "matrix_enqueuer";
  private static final String READER = "matrix_reader";
  private static final List<String> ROLES = List.of(STRANGER, WRITER, OWNER, ENQUEUER, READER);
  private static final String PASSWORD = "of-the-matrix";

  /** 42501: the right is missing. */
  private static final String NO_RIGHT = "42501";

  private final DatabaseUrl url = TestServices.freshDatabase();
  private final Database database = Database.open(url, "test", 2);
  private final Jdbi jdbi = database.jdbi();

  private record Cell(String object, String role, String may, String attempt) {}

  @BeforeAll
  void roles() {
    execute(
        "CREATE TABLE public.watched (id integer PRIMARY KEY, sku text)",
        "CREATE MATERIALIZED VIEW public.seen AS SELECT id FROM public.watched",
        "SELECT millrace.watch('public.watched', 'public.seen', '{sku}')");
    ROLES.forEach(role -> execute("CREATE ROLE " + role + " LOGIN PASSWORD '" + PASSWORD + "'"));
    execute(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON public.watched TO " + WRITER,
        "ALTER TABLE public.watched OWNER TO " + OWNER,
        "GRANT USAGE ON SCHEMA millrace TO " + ENQUEUER,
        "GRANT EXECUTE ON FUNCTION millrace.enqueue TO " + ENQUEUER,
        "GRANT millrace_readonly TO " + READER);
  }

  @AfterAll
  void close() {
    String all = String.join(", ", ROLES);
    execute("DROP OWNED BY " + all + " CASCADE", "DROP ROLE " + all);
    database.close();
  }

  @Test
  void every_role_has_the_declared_rights_on_every_object() {
    Map<String, String> found = new TreeMap<>();
    cells().stream()
        .collect(Collectors.groupingBy(Cell::object, TreeMap::new, Collectors.toList()))
        .forEach((object, cells) -> found.put(object, inWords(cells)));
    Map<String, String> declared = declared();
    assertThat(found.keySet())
        .as("a new object needs a line in %s with what each role may do with it", DECLARED)
        .isEqualTo(declared.keySet());
    declared.forEach(
        (object, rights) -> assertThat(found.get(object)).as(object).isEqualTo(rights));
  }

  @ParameterizedTest
  @ValueSource(strings = {STRANGER, WRITER, OWNER, ENQUEUER, READER})
  void what_a_role_has_no_right_to_is_refused(String role) {
    List<Cell> without =
        cells().stream().filter(c -> c.role().equals(role) && c.may().isEmpty()).toList();
    assertThat(without).hasSizeGreaterThan(100);
    Map<String, String> notRefused = new LinkedHashMap<>();
    try (Database login = login(role)) {
      for (Cell cell : without) {
        String state = login.jdbi().withHandle(handle -> tried(handle, cell.attempt()));
        if (!state.equals(NO_RIGHT)) {
          notRefused.put(cell.attempt(), state);
        }
      }
    }
    assertThat(notRefused).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {WRITER, OWNER})
  void statements_on_a_watched_table_need_no_right_on_millrace(String role) {
    try (Database login = login(role)) {
      login
          .jdbi()
          .useTransaction(
              handle -> {
                handle.execute("INSERT INTO public.watched VALUES (1, 'a'), (2, 'b')");
                handle.execute("UPDATE public.watched SET sku = 'c' WHERE id = 1");
                handle.execute("DELETE FROM public.watched WHERE id = 2");
                if (role.equals(OWNER)) {
                  handle.execute("TRUNCATE public.watched");
                }
                handle.rollback();
              });
    }
  }

  private Database login(String role) {
    return Database.open(
        new DatabaseUrl(
            url.jdbc().replaceFirst("\\?.*", ""), Optional.of(role), Optional.of(PASSWORD)),
        role,
        1);
  }

  /** The SQLSTATE of a statement, which changes nothing; "none" when it was carried out. */
  private static String tried(Handle handle, String statement) {
    handle.begin();
    try {
      handle.execute(statement);
      return "none";
    } catch (JdbiException e) {
      return e.getCause() instanceof SQLException sql
          ? String.valueOf(sql.getSQLState())
          : e.toString();
    } finally {
      handle.rollback();
    }
  }

  private static String inWords(List<Cell> cells) {
    String all =
        cells.stream()
            .filter(cell -> !cell.may().isEmpty())
            .map(cell -> cell.role().replace("matrix_", "") + ": " + cell.may())
            .distinct()
            .collect(Collectors.joining("; "));
    return all.isEmpty() ? "nobody" : all;
  }

  private List<Cell> cells() {
    return jdbi.inTransaction(
        handle -> {
          handle.execute("SET LOCAL search_path = pg_catalog");
          return handle
              .createQuery(Sql.of(RoleMatrixTest.class, "objects"))
              .bindArray("roles", String.class, ROLES)
              .map(
                  (row, ctx) ->
                      new Cell(
                          row.getString("object"),
                          row.getString("role"),
                          row.getString("may"),
                          row.getString("attempt")))
              .list();
        });
  }

  private static Map<String, String> declared() {
    Map<String, String> rights = new TreeMap<>();
    try (InputStream in = RoleMatrixTest.class.getResourceAsStream(DECLARED)) {
      for (String line :
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(text -> !text.isBlank() && !text.startsWith("#"))
              .toList()) {
        List<String> parts = new ArrayList<>(List.of(line.split(" \\| ", 2)));
        rights.put(parts.get(0), parts.get(1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rights;
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
