package dev.millrace.queue;

import dev.millrace.db.Sql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/**
 * {@code docs/schema.md} as it follows from a migrated database. The subjects, and what is said of
 * each table, stand in the migrations; the columns and keys are the catalog's.
 */
final class SchemaPage {
  static final Path FILE = Path.of("..", "docs", "schema.md");

  private static final Path MIGRATIONS = Path.of("..", "sql", "migration");
  private static final Path LIFECYCLE = Path.of("..", "docs", "job-lifecycle.md");
  private static final String TABLES = Sql.of(SchemaPage.class, "tables");
  private static final String REFERENCES = Sql.of(SchemaPage.class, "references");
  private static final Pattern CREATED =
      Pattern.compile(
          "((?:^-- .*\n)*)^ *(?:EXECUTE format\\(\\$table\\$)?CREATE TABLE (?:IF NOT EXISTS )?([a-z_.]+) \\(",
          Pattern.MULTILINE);
  private static final Pattern STATES =
      Pattern.compile("```mermaid\nstateDiagram.*?```\n", Pattern.DOTALL);
  private static final String QUARTZ = "millrace.qrtz_";

  private static final String HEAD =
      """
      # The schema

      The tables that the migrations create, by subject. Bold columns are the primary key, `?` marks a type that allows null, `unique` lists the
      other unique indexes. Types such as `kind_name` are domains. Functions and views stand in [sql/migration](../sql/migration), a file for
      each subject. `SchemaPageTest` writes this page from a migrated database; do not edit it.

      ## States of a job

      `millrace.jobs.state`; [the life of a job](job-lifecycle.md) says who changes it.

      """;

  /**
   * A table.
   *
   * @param name with its schema
   * @param uniques empty: there are none
   */
  public record Table(String name, String columns, String uniques) {}

  /** A foreign key. */
  public record Reference(String parent, String child, String columns) {}

  private final Map<String, Table> tables;
  private final List<Reference> references;

  private SchemaPage(Handle handle) {
    tables =
        handle.createQuery(TABLES).map(ConstructorMapper.of(Table.class)).stream()
            .collect(Collectors.toMap(Table::name, Function.identity()));
    references = handle.createQuery(REFERENCES).map(ConstructorMapper.of(Reference.class)).list();
  }

  /** The page. */
  static String of(Handle handle) {
    return new SchemaPage(handle).text();
  }

  private String text() {
    StringBuilder page = new StringBuilder(HEAD);
    page.append(first(STATES, read(LIFECYCLE)));
    for (Path file : migrations()) {
      page.append(subject(read(file)));
    }
    if (!tables.isEmpty()) {
      throw new AssertionError("no migration has a CREATE TABLE of " + tables.keySet());
    }
    return page.toString();
  }

  private String subject(String migration) {
    List<MatchResult> created = CREATED.matcher(migration).results().toList();
    List<String> lines = new ArrayList<>();
    for (MatchResult table : created) {
      lines.add(line(tables.remove(table.group(2)), sentence(table.group(1))));
    }
    String title =
        sentence(
            migration
                .lines()
                .takeWhile(line -> line.startsWith("--"))
                .collect(Collectors.joining("\n")));
    List<String> names =
        created.stream().map(table -> table.group(2).replaceFirst(".*\\.", "")).toList();
    return "\n## %s\n\n%s%s\n"
        .formatted(title.replaceFirst("[.:].*", ""), diagram(names), String.join("\n", lines));
  }

  private static String line(Table table, String said) {
    if (table.name().startsWith(QUARTZ)) {
      return "- `" + table.name() + "`";
    }
    return "- `%s`%s\n  %s%s"
        .formatted(
            table.name(),
            said.isEmpty() ? "" : ": " + said,
            table.columns(),
            table.uniques().isEmpty() ? "" : "\n  unique: " + table.uniques());
  }

  private String diagram(List<String> names) {
    List<String> lines =
        references.stream()
            .filter(key -> names.contains(key.child()))
            .map(
                key ->
                    "    %s ||--o{ %s : \"%s\"".formatted(key.parent(), key.child(), key.columns()))
            .toList();
    return lines.isEmpty()
        ? ""
        : "```mermaid\nerDiagram\n" + String.join("\n", lines) + "\n```\n\n";
  }

  private static String sentence(String comment) {
    return comment.lines().map(line -> line.substring(2).strip()).collect(Collectors.joining(" "));
  }

  private static List<Path> migrations() {
    try (Stream<Path> files = Files.list(MIGRATIONS)) {
      return files.filter(file -> file.getFileName().toString().startsWith("V")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String first(Pattern pattern, String text) {
    return pattern.matcher(text).results().findFirst().orElseThrow().group();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
