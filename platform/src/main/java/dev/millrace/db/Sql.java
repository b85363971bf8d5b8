package dev.millrace.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** The statements that stand in {@code .sql} files beside the type that runs them. */
public final class Sql {
  private Sql() {}

  /**
   * The text of {@code Owner/name.sql} without its lines of comment. Not read by the SQL parser of
   * Jdbi, which costs a process 30 ms of CPU time before its first statement.
   *
   * @throws IllegalArgumentException when the file is missing: at class loading
   */
  public static String of(Class<?> owner, String name) {
    return read(owner, "/" + owner.getName().replace('.', '/') + "/" + name + ".sql");
  }

  /** The same of a file that no type owns, such as {@code dev.millrace.sql.seed.sync}. */
  public static String of(String file) {
    return read(Sql.class, "/" + file.replace('.', '/') + ".sql");
  }

  private static String read(Class<?> owner, String file) {
    try (InputStream content = owner.getResourceAsStream(file)) {
      if (content == null) {
        throw new IllegalArgumentException("the statement " + file + " is not on the class path");
      }
      return new String(content.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.stripLeading().startsWith("--"))
          .collect(Collectors.joining("\n"))
          .strip();
    } catch (IOException e) {
      throw new UncheckedIOException("the statement " + file + " cannot be read", e);
    }
  }
}
