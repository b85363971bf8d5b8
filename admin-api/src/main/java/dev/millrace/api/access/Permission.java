package dev.millrace.api.access;

import com.fasterxml.jackson.annotation.JsonValue;
import io.javalin.security.RouteRole;
import java.util.Locale;

/**
 * What a route needs. Each route names one; a route that names none needs {@link #ADMINISTER}.
 * {@link AccessRole} says who has which.
 */
public enum Permission implements RouteRole {
  /** Everything that is shown, except users, keys and the audit. */
  READ,
  /** New jobs, single and in bulk. */
  ENQUEUE,
  RETRY_JOBS,
  CANCEL_JOBS,
  /** Pausing and resuming queues and kinds. */
  PAUSE_QUEUES,
  /** Running a background worker now. */
  RUN_WORKERS,
  /** Pausing and resuming background workers. */
  PAUSE_WORKERS,
  /** The master sync and the syncs of suppliers. */
  RUN_SYNC,
  /** What a sheet's columns mean. */
  CHANGE_MAPPING,
  REFRESH_VIEWS,
  /** New stats jobs, and their retries. */
  RUN_STATS,
  /** Sending a cache invalidation again. */
  SEND_INVALIDATIONS,
  /** Schedules and rules of background workers. */
  CHANGE_WORKERS,
  /** Registered views and watched tables. */
  CHANGE_VIEWS,
  /** Groups of stats functions. */
  CHANGE_STATS,
  CHANGE_FLAGS,
  /** Deleting finished jobs. */
  PURGE_JOBS,
  READ_AUDIT,
  /** Users, keys, and the sessions of other users. */
  ADMINISTER;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** As the API writes it. */
  @JsonValue
  public String text() {
    return text;
  }
}
