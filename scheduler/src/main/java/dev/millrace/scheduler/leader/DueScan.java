package dev.millrace.scheduler.leader;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import dev.millrace.queue.Calls;
import dev.millrace.queue.QueueException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * The leader's scan for what is due next. When index entries of jobs that were due earlier make it
 * expensive, it begins where the last look stood, and what lies before that is swept in small
 * windows: a transaction that is committed late may have scheduled something there. Thread-safe.
 */
final class DueScan {
  private static final String NEXT_DUE = Sql.of(DueScan.class, "nextDue");
  private static final String DUE_BEFORE = Sql.of(DueScan.class, "dueBefore");

  /** The shortest time between two windows of the sweep. */
  private static final Duration REST = Duration.ofMillis(200);

  private static final int NARROWEST_MICROS = 1_000;
  private static final int SECONDS = 2;

  private final Jdbi jdbi;
  private final Duration cheap;
  private final Sweep sweep = new Sweep(0, NARROWEST_MICROS);
  private @Nullable OffsetDateTime from;
  private @Nullable OffsetDateTime lastLook;
  private long nextWindow = System.nanoTime();

  DueScan(Jdbi jdbi, Duration cheap) {
    this.jdbi = jdbi;
    this.cheap = cheap;
  }

  /** Jobs that were due before this moment need not be looked for. */
  synchronized OffsetDateTime from() {
    return from == null ? OffsetDateTime.MIN : from;
  }

  /** How long until the next job is due; empty when none is scheduled. */
  synchronized Optional<Duration> untilNext() {
    sweep();
    long asked = System.nanoTime();
    try {
      return next(asked);
    } catch (JdbiException | QueueException e) {
      if (!SqlStates.isStatementTimeout(e)) {
        throw e;
      }
      OffsetDateTime before = lastLook == null ? OffsetDateTime.now(ZoneOffset.UTC) : lastLook;
      from = before.minusMinutes(1); // the sweep finds what is older
      return Optional.of(Duration.ZERO);
    }
  }

  private Optional<Duration> next(long asked) {
    return Calls.withHandle(
        jdbi,
        handle -> {
          try (PreparedStatement statement = handle.getConnection().prepareStatement(NEXT_DUE)) {
            statement.setQueryTimeout(SECONDS);
            statement.setObject(1, from());
            try (ResultSet row = statement.executeQuery()) {
              row.next();
              long millis = row.getLong(1);
              OffsetDateTime first = row.getObject(2, OffsetDateTime.class);
              stand(first, row.getObject(3, OffsetDateTime.class), since(asked));
              return first == null ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
            }
          }
        });
  }

  private void stand(@Nullable OffsetDateTime first, OffsetDateTime now, Duration took) {
    @Nullable OffsetDateTime before = lastLook;
    lastLook = now;
    if (before != null && (from != null || took.compareTo(cheap) > 0)) {
      from = first == null || first.isAfter(before) ? before : first;
    }
  }

  private void sweep() {
    if (from == null || System.nanoTime() - nextWindow < 0) {
      return;
    }
    long bound = micros(from);
    long asked = System.nanoTime();
    try {
      OffsetDateTime found = firstIn(sweep.low(), sweep.high(bound));
      if (found != null) {
        from = found.isBefore(from) ? found : from;
      }
      Duration round = sweep.passed(bound, since(asked));
      if (round != null && found == null && round.compareTo(cheap) < 0) {
        from = null; // nothing is in the way any more
      }
    } catch (JdbiException | QueueException e) {
      if (!SqlStates.isStatementTimeout(e)) {
        throw e;
      }
      sweep.tooWide(bound);
    }
    nextWindow = System.nanoTime() + REST.toNanos();
  }

  private @Nullable OffsetDateTime firstIn(long low, long high) {
    return Calls.withHandle(
            jdbi,
            handle -> {
              try (PreparedStatement statement =
                  handle.getConnection().prepareStatement(DUE_BEFORE)) {
                statement.setQueryTimeout(1);
                statement.setObject(1, low == 0 ? OffsetDateTime.MIN : time(low));
                statement.setObject(2, time(high));
                try (ResultSet row = statement.executeQuery()) {
                  row.next();
                  return Optional.ofNullable(row.getObject(1, OffsetDateTime.class));
                }
              }
            })
        .orElse(null);
  }

  private static long micros(OffsetDateTime time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time.toInstant());
  }

  private static OffsetDateTime time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }
}
