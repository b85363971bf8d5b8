package dev.millrace.stats;

import dev.millrace.db.Sql;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The invalidations: handed over, looked at, sent again. Thread-safe. */
public final class CacheOutbox {
  public static final String KIND = "cache.invalidate";

  private static final Logger log = LoggerFactory.getLogger(CacheOutbox.class);
  private static final String HAND_OVER = Sql.of(CacheOutbox.class, "handOver");
  private static final String FORGOTTEN = Sql.of(CacheOutbox.class, "forgotten");
  private static final String SEND = Sql.of(CacheOutbox.class, "send");
  private static final String LIST = Sql.of(CacheOutbox.class, "list");
  private static final String TRIES = Sql.of(CacheOutbox.class, "tries");

  private final Jdbi jdbi;

  public CacheOutbox(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Makes one invalidation of the tags of a job's committed functions that nobody was asked to
   * send.
   *
   * @return empty when there are none
   */
  public static OptionalLong handOver(Handle transaction, long statsJobId) {
    Optional<Long> id =
        transaction.createQuery(HAND_OVER).bind("jobId", statsJobId).mapTo(Long.class).findOne();
    return id.isPresent() ? OptionalLong.of(id.get()) : OptionalLong.empty();
  }

  /**
   * The leader's duty: hands over for jobs that have ended without doing so. Harmless when two
   * leaders do it at once.
   *
   * @return how many invalidations it made
   */
  public int sweep() {
    List<Long> jobs =
        jdbi.withHandle(handle -> handle.createQuery(FORGOTTEN).mapTo(Long.class).list());
    int made = 0;
    for (long job : jobs) {
      OptionalLong id = jdbi.inTransaction(handle -> handOver(handle, job));
      if (id.isPresent()) {
        made++;
        log.info(
            "cache invalidation {} made for job {}, which did not come to it", id.getAsLong(), job);
      }
    }
    return made;
  }

  /**
   * Has an invalidation sent once more, or for the first time.
   *
   * @return the job that sends it; empty when there is no such invalidation
   */
  public OptionalLong send(long id) {
    Optional<Long> job =
        jdbi.inTransaction(
            handle -> handle.createQuery(SEND).bind("id", id).mapTo(Long.class).findOne());
    return job.isPresent() ? OptionalLong.of(job.get()) : OptionalLong.empty();
  }

  /** The newest of a state, or of all, newest first. */
  public List<CacheInvalidation> newest(Optional<String> state, int most) {
    return jdbi.withHandle(handle -> list(handle, state.orElse(null), null, most));
  }

  public Optional<CacheInvalidation> find(long id) {
    return jdbi.withHandle(handle -> list(handle, null, id, 1).stream().findFirst());
  }

  private static List<CacheInvalidation> list(
      Handle handle, @Nullable String state, @Nullable Long id, int most) {
    return handle
        .createQuery(LIST)
        .bind("state", state)
        .bind("id", id)
        .bind("most", most)
        .map(
            (row, context) ->
                new CacheInvalidation(
                    row.getString("id"),
                    row.getString("state"),
                    StatsGroups.texts(row.getArray("tags")),
                    row.getString("stats_job_id"),
                    row.getString("job_id"),
                    row.getObject("created_at", OffsetDateTime.class).toInstant(),
                    Optional.ofNullable(row.getObject("sent_at", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant)
                        .orElse(null),
                    tries(handle, row.getLong("id"))))
        .list();
  }

  private static List<CacheInvalidation.Try> tries(Handle handle, long id) {
    return handle
        .createQuery(TRIES)
        .bind("id", id)
        .map(ConstructorMapper.of(CacheInvalidation.Try.class))
        .list();
  }
}
