package dev.millrace.bench.sync;

import dev.millrace.db.Sql;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/**
 * A sync that has ended.
 *
 * @param seconds from its call to the end of its last job, by the clock of Postgres
 * @param items how many there are then
 */
record Synced(double seconds, long items) {
  private static final String SYNCED = Sql.of(Synced.class, "synced");
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  /**
   * Waits for the end of a sync.
   *
   * @throws IllegalStateException if it stored another number of items
   */
  static Synced await(Jdbi jdbi, long job, long items) {
    Optional<Synced> ended = Optional.empty();
    while (ended.isEmpty()) {
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
      ended =
          jdbi.withHandle(
              handle ->
                  handle
                      .createQuery(SYNCED)
                      .bind("job", job)
                      .map(ConstructorMapper.of(Synced.class))
                      .findOne());
    }
    if (ended.get().items() != items) {
      throw new IllegalStateException(
          "the sync stored %d of %d items".formatted(ended.get().items(), items));
    }
    return ended.get();
  }
}
