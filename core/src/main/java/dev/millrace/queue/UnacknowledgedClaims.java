package dev.millrace.queue;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * A worker's look for claims of its own whose answers were lost. Claims older than a minute have
 * been looked for already, so it begins at the fence that came next a minute ago; all claims are
 * looked for again at a pace that fits the cost of that, as Postgres may commit one at any later
 * time. For one thread.
 */
public final class UnacknowledgedClaims {
  private static final String NEXT = Sql.of(UnacknowledgedClaims.class, "next");

  /** Longer than a claim takes whose client has given up. */
  private static final Duration IN_DOUBT = Duration.ofMinutes(1);

  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final Jdbi jdbi;
  private final Claims claims;
  private final ScanPace pace;
  private final Deque<Noted> noted = new ArrayDeque<>();
  private @Nullable String worker;
  private long from;

  public UnacknowledgedClaims(Jdbi jdbi, Claims claims) {
    this(jdbi, claims, new ScanPace());
  }

  UnacknowledgedClaims(Jdbi jdbi, Claims claims, ScanPace pace) {
    this.jdbi = jdbi;
    this.claims = claims;
    this.pace = pace;
  }

  /** The next fence at a moment. */
  private record Noted(long nanos, long fence) {}

  /**
   * Finds the claims of a worker whose jobs no thread runs. Call it while no claim of this worker
   * is under way.
   *
   * @param known the fences that the worker knows and has not finished with
   */
  public List<Claims.Unacknowledged> find(String workerId, Collection<Long> known) {
    long next = next();
    if (!workerId.equals(worker)) {
      worker = workerId;
      noted.clear();
      from = next; // it has claimed nothing under this id, or the full look finds it
    }
    note(next);
    if (!pace.due()) {
      return claims.unacknowledged(workerId, from, known);
    }
    long asked = System.nanoTime();
    try {
      List<Claims.Unacknowledged> all =
          Calls.inTransaction(
              jdbi,
              handle -> {
                Calls.limitStatements(handle, LONGEST);
                return Claims.unacknowledged(handle.getConnection(), workerId, 0, known);
              });
      pace.took(Duration.ofNanos(System.nanoTime() - asked));
      return all;
    } catch (JdbiException | QueueException e) {
      if (!SqlStates.isStatementTimeout(e)) {
        throw e;
      }
      pace.took(LONGEST);
      return claims.unacknowledged(workerId, from, known);
    }
  }

  private void note(long next) {
    long now = System.nanoTime();
    Noted oldest = noted.peekFirst();
    while (oldest != null && now - oldest.nanos() > IN_DOUBT.toNanos()) {
      from = oldest.fence();
      noted.removeFirst();
      oldest = noted.peekFirst();
    }
    noted.addLast(new Noted(now, next));
  }

  private long next() {
    return Calls.withHandle(
        jdbi,
        handle -> {
          try (PreparedStatement statement = handle.getConnection().prepareStatement(NEXT);
              ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
          }
        });
  }
}
