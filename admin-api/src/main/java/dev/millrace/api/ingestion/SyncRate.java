package dev.millrace.api.ingestion;

import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.db.Sql;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The rate at which calls may start syncs: each reads sheets of others. Counted in Postgres, so it
 * holds over all API processes. A call that is refused since a sync runs costs one index lookup and
 * is not counted.
 */
public final class SyncRate {
  /** How many jobs of one unique key may be started in a minute. */
  public static final int PER_MINUTE = 10;

  private static final String WAIT = Sql.of(SyncRate.class, "wait");

  private SyncRate() {}

  /** Refuses a call that would start one more than may be. */
  public static void check(Handle handle, String uniqueKey) {
    Optional<Integer> seconds =
        handle
            .createQuery(WAIT)
            .bind("key", uniqueKey)
            .bind("most", PER_MINUTE)
            .mapTo(Integer.class)
            .findOne();
    if (seconds.isPresent()) {
      throw new ProblemException(
          Problem.of(
                  429,
                  "too_many_syncs",
                  "Too Many Requests",
                  "%d syncs were started within a minute, which is the most allowed; the next may start in %d s"
                      .formatted(PER_MINUTE, seconds.get()))
              .withHeader("Retry-After", Integer.toString(seconds.get())));
    }
  }
}
