package dev.millrace.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.TestServices;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every function and view of ours, as the catalog has it, against the declared list. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FunctionRightsTest {
  /** Lines of {@code signature | whose rights | search path | who may call it | reason}. */
  private static final String DECLARED = "functions.txt";

  private final Database database = Database.open(TestServices.freshDatabase(), "test", 2);

  /** One function: what the catalog says, or the list. */
  private record Rights(String rights, String path, String callers) {
    boolean needsReason() {
      return !path.equals("fixed") || !callers.equals("named roles");
    }
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void every_function_has_the_declared_rights() {
    Map<String, Rights> declared = new TreeMap<>();
    for (String line : lines()) {
      List<String> parts = parts(line);
      declared.put(parts.get(0), new Rights(parts.get(1), parts.get(2), parts.get(3)));
    }
    Map<String, Rights> found = functions();
    assertThat(found.keySet())
        .as(
            "a new function has SET search_path = pg_catalog, pg_temp and REVOKE ALL … FROM PUBLIC where it is made, and a line in %s",
            DECLARED)
        .isEqualTo(declared.keySet());
    declared.forEach(
        (name, rights) ->
            assertThat(found.get(name))
                .as(
                    "%s: give it SET search_path = pg_catalog, pg_temp and REVOKE ALL … FROM PUBLIC in the migration that makes it, or change %s with the reason",
                    name, DECLARED)
                .isEqualTo(rights));
  }

  @Test
  void every_exception_from_the_rule_has_a_reason() {
    for (String line : lines()) {
      List<String> parts = parts(line);
      Rights rights = new Rights(parts.get(1), parts.get(2), parts.get(3));
      assertThat(parts.size() == 5 && !parts.get(4).isBlank())
          .as("%s: a path of the caller and EXECUTE for PUBLIC each need a reason", parts.get(0))
          .isEqualTo(rights.needsReason());
    }
  }

  @Test
  void no_function_with_the_rights_of_its_owner_has_the_path_of_its_caller() {
    functions()
        .forEach(
            (name, rights) ->
                assertThat(rights.rights().equals("owner") && !rights.path().equals("fixed"))
                    .as("%s: what its caller's search path finds would run as its owner", name)
                    .isFalse());
  }

  @Test
  void a_view_that_other_roles_may_read_is_a_security_barrier() {
    List<String> leaking =
        database
            .jdbi()
            .withHandle(handle -> handle.createQuery(views()).mapTo(String.class).list());
    assertThat(leaking)
        .as("a cheap function in a reader's WHERE sees rows that the view leaves out")
        .isEmpty();
  }

  /** Every function, by its signature; those of watches under one name. */
  private Map<String, Rights> functions() {
    return database
        .jdbi()
        .inTransaction(
            handle -> {
              handle.execute("CREATE TABLE public.watched (id integer PRIMARY KEY)");
              handle.execute("CREATE MATERIALIZED VIEW public.seen AS SELECT id FROM watched");
              handle.select("SELECT millrace.watch('watched', 'seen')").mapTo(String.class).one();
              handle.execute("SET LOCAL search_path = pg_catalog");
              Map<String, Rights> found = new TreeMap<>();
              handle
                  .createQuery(Sql.of(FunctionRightsTest.class, "functions"))
                  .map(
                      (row, ctx) -> {
                        found.put(
                            row.getString("signature"),
                            new Rights(
                                row.getString("rights"),
                                row.getString("path"),
                                row.getString("callers")));
                        return row.getString("signature");
                      })
                  .list();
              handle.rollback();
              return found;
            });
  }

  private static String views() {
    return Sql.of(FunctionRightsTest.class, "views");
  }

  private static List<String> parts(String line) {
    return List.of(line.split(" \\| "));
  }

  private static List<String> lines() {
    try (InputStream in = FunctionRightsTest.class.getResourceAsStream(DECLARED)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
