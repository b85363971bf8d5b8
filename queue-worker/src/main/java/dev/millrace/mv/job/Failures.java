package dev.millrace.mv.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.db.Sql;
import dev.millrace.job.JobContext;
import dev.millrace.json.Json;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Classifies the failures of refreshes, finds the sessions that blocked them, and stores both. */
final class Failures {
  private static final String BLOCKERS = Sql.of(Failures.class, "blockers");
  private static final String NOTE = Sql.of(Failures.class, "note");
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String CANCELLED = "57014";

  /** Lock time-out, deadlock, serialization failure: another try may succeed. */
  private static final Set<String> PASSING = Set.of(LOCK_NOT_AVAILABLE, "40P01", "40001");

  private Failures() {}

  static boolean mayPass(Throwable e) {
    return sql(e).map(SQLException::getSQLState).filter(PASSING::contains).isPresent();
  }

  static boolean lockedOut(Throwable e) {
    return sql(e).map(SQLException::getSQLState).filter(LOCK_NOT_AVAILABLE::equals).isPresent();
  }

  static boolean tookTooLong(Throwable e) {
    return sql(e).map(SQLException::getSQLState).filter(CANCELLED::equals).isPresent();
  }

  /** The message of Postgres if there is one, else of the exception. */
  static String reason(Throwable e) {
    String said = sql(e).map(SQLException::getMessage).orElse(e.getMessage());
    return said == null ? e.getClass().getSimpleName() : said;
  }

  private static Optional<SQLException> sql(Throwable e) {
    for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return Optional.of(sql);
      }
    }
    return Optional.empty();
  }

  /**
   * The sessions that hold the view, or block reading what it reads, as a JSON array of {pid, user,
   * application, state, query, age_seconds}. To be read at once after the lock time-out; empty when
   * they have ended.
   */
  static Optional<String> blockers(Handle handle, long oid) {
    return handle.createQuery(BLOCKERS).bind("oid", oid).mapTo(String.class).findOne();
  }

  /** Describes the first of the blockers. */
  static String inWords(String blockers) {
    JsonNode first = Json.tree(blockers).path(0);
    return "held by pid "
        + first.path("pid").asText()
        + " ("
        + first.path("user").asText()
        + ", "
        + first.path("application").asText()
        + ") for "
        + first.path("age_seconds").asText()
        + " s: "
        + first.path("query").asText();
  }

  /** A failed refresh, as it is stored. */
  record Failure(String view, Duration took, String error, @Nullable String blockers) {}

  /** Stores a failure; the requests that the refresh would have served stay. */
  static void record(Handle handle, JobContext context, Failure failure) {
    ViewRefresh.log(
        handle,
        context,
        new ViewRefresh.Line(
            failure.view(), "error", failure.took().toMillis(), null, failure.error(), null, null));
    handle
        .createUpdate(NOTE)
        .bind("name", failure.view())
        .bind("error", failure.error())
        .bind("blockers", failure.blockers())
        .execute();
  }
}
