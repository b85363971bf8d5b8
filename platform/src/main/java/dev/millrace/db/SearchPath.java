package dev.millrace.db;

import org.jdbi.v3.core.Handle;

/**
 * Where the names in statements are looked up. Millrace's own statements run under a path that
 * holds only {@code pg_catalog}: under another, an operator or function that another role has made
 * in {@code public} may be a better match than the one that is meant, and would run with our
 * rights. What users wrote, names of views and bodies of their functions, is read under the path
 * that the database gives its sessions.
 */
public final class SearchPath {
  /**
   * The path of Millrace's own statements; pg_temp last, because it is otherwise searched first.
   */
  public static final String FIXED = "pg_catalog, pg_temp";

  /** The first statement of a session of ours; keeps the path that it was opened with. */
  static final String FIX_SESSION = fix(false);

  /** Within a transaction whose session has the path of its users. */
  public static final String FIX = fix(true);

  /** After {@link #FIX}. */
  public static final String BACK =
      "SELECT pg_catalog.set_config('search_path', pg_catalog.current_setting('millrace.names_path'), true)";

  private SearchPath() {}

  /** {@code names_path()} reads names under what is kept here. */
  private static String fix(boolean local) {
    return "SELECT pg_catalog.set_config('millrace.names_path', pg_catalog.current_setting('search_path'), "
        + local
        + "), pg_catalog.set_config('search_path', '"
        + FIXED
        + "', "
        + local
        + ")";
  }

  /**
   * Runs statements of ours in a transaction of a handler, whose session has the path of its users,
   * and gives it that path again: what they have deferred to the commit runs under it.
   */
  public static <T, X extends Exception> T fixed(Handle handle, Statements<T, X> ours) throws X {
    set(handle, FIX);
    T answer = ours.run();
    set(handle, BACK);
    return answer;
  }

  /** Runs code of users, within {@link #fixed}, under the path of their sessions. */
  public static <T, X extends Exception> T ofUsers(Handle handle, Statements<T, X> theirs)
      throws X {
    set(handle, BACK);
    T answer = theirs.run();
    set(handle, FIX);
    return answer;
  }

  private static void set(Handle handle, String path) {
    handle.select(path).mapTo(String.class).one();
  }

  /** What runs under a path. */
  @FunctionalInterface
  public interface Statements<T, X extends Exception> {
    T run() throws X;
  }
}
