package dev.millrace.mv;

import dev.millrace.db.RefusedException;
import dev.millrace.db.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementException;
import org.jspecify.annotations.Nullable;

/** Which views are kept fresh, how, and which tables ask for them. Thread-safe. */
public final class ViewRegistry {
  private static final String REGISTER = Sql.of(ViewRegistry.class, "register");
  private static final String UNREGISTER = Sql.of(ViewRegistry.class, "unregister");
  private static final String WATCH = Sql.of(ViewRegistry.class, "watch");
  private static final String UNWATCH = Sql.of(ViewRegistry.class, "unwatch");

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  /** Invalid parameter, no such table, no such column, not the owner, a check of the schema. */
  private static final Set<String> REFUSALS = Set.of("22023", "42P01", "42703", "42501", "23514");

  /** The message of {@code millrace.change_table}. */
  private static final Pattern LOCKED_BY = Pattern.compile("source: .* is locked by .*");

  private final Jdbi jdbi;

  public ViewRegistry(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Registers a view, or changes what is given of a registered one.
   *
   * @return the name under which it is registered
   * @throws RefusedException when that cannot be
   */
  public String register(ViewRegistration wanted) {
    return asking(handle -> registerIn(handle, wanted));
  }

  /**
   * Registers a view and has tables watched for it, all or nothing; what is so already stays
   * untouched.
   */
  public String register(ViewRegistration wanted, List<ViewWatch> watches) {
    return asking(
        handle -> {
          String name = registerIn(handle, wanted);
          watches.forEach(watch -> watchIn(handle, name, watch));
          return name;
        });
  }

  private static String registerIn(Handle handle, ViewRegistration wanted) {
    return withArray(
            handle.createQuery(REGISTER).bindMethods(wanted), "coverNames", wanted.covers())
        .mapTo(String.class)
        .one();
  }

  /**
   * Forgets a view and its watches.
   *
   * @return false: it was not registered
   */
  public boolean unregister(String view) {
    return asking(
        handle -> handle.createQuery(UNREGISTER).bind("view", view).mapTo(Boolean.class).one());
  }

  /**
   * Has the changes of a table request a refresh of a view; a view that was not registered is, with
   * the defaults. Locks the table for a moment, unless it is watched so already.
   *
   * @return the registered name of the view
   * @throws RefusedException when that cannot be
   * @throws TableLockedException when another session holds the table
   */
  public String watch(String view, ViewWatch watch) {
    return asking(handle -> watchIn(handle, view, watch));
  }

  private static String watchIn(Handle handle, String view, ViewWatch watch) {
    return withArray(handle.createQuery(WATCH), "columnNames", watch.columns())
        .bind("view", view)
        .bind("source", watch.source())
        .bind("method", watch.method())
        .mapTo(String.class)
        .one();
  }

  /**
   * Ends a watch.
   *
   * @return false: there was none
   * @throws TableLockedException when another session holds the table
   */
  public boolean unwatch(String view, String source) {
    return asking(
        handle ->
            handle
                .createQuery(UNWATCH)
                .bind("view", view)
                .bind("source", source)
                .mapTo(Boolean.class)
                .one());
  }

  private static Query withArray(Query query, String name, @Nullable List<String> texts) {
    return texts == null
        ? query.bind(name, (String) null)
        : query.bindArray(name, String.class, texts);
  }

  private <T> T asking(Function<Handle, T> question) {
    try {
      return jdbi.inTransaction(question::apply);
    } catch (StatementException e) {
      if (e.getCause() instanceof SQLException sql
          && LOCK_NOT_AVAILABLE.equals(sql.getSQLState())) {
        Matcher said = LOCKED_BY.matcher(String.valueOf(sql.getMessage()));
        throw new TableLockedException(
            said.find() ? said.group() : "view: another session holds its row of the registry", e);
      }
      Optional<RefusedException> refusal = RefusedException.of(e, REFUSALS);
      if (refusal.isPresent()) {
        throw refusal.get();
      }
      if (e.getCause() instanceof SQLException sql && REFUSALS.contains(sql.getSQLState())) {
        throw new RefusedException("view", String.valueOf(sql.getMessage()), e);
      }
      throw e;
    }
  }
}
