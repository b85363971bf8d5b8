package dev.millrace.db;

import org.jdbi.v3.core.locator.ClasspathSqlLocator;

/** The statements that stand in {@code .sql} files beside the type that runs them. */
public final class Sql {
  private static final ClasspathSqlLocator FILES = ClasspathSqlLocator.removingComments();

  private Sql() {}

  /**
   * The text of {@code Owner/name.sql}, comments removed. Fails at class loading when the file is
   * missing.
   */
  public static String of(Class<?> owner, String name) {
    return FILES.locate(owner, name).strip();
  }

  /** The same of a file that no type owns, such as {@code dev.millrace.sql.seed.sync}. */
  static String of(String file) {
    return FILES.locate(file).strip();
  }
}
