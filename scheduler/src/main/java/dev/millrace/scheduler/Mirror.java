package dev.millrace.scheduler;

import dev.millrace.db.Sql;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.BackgroundWorkers;
import dev.millrace.schedule.InvalidScheduleException;
import dev.millrace.schedule.Schedule;
import dev.millrace.schedule.SyncHours;
import dev.millrace.scheduler.quartz.QuartzCluster;
import dev.millrace.scheduler.quartz.Ticks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Quartz's triggers, and the next run that each row shows, as {@code background_workers}
 * wants them. Looks at the rows' versions, so that a change by API or by SQL is in force within a
 * second. One thread at a time.
 */
final class Mirror {
  private static final Logger log = LoggerFactory.getLogger(Mirror.class);
  private static final String SYNC_HOURS = Sql.of(Mirror.class, "sync_hours");
  private static final String NEXT_RUN = Sql.of(Mirror.class, "next_run");
  private static final String LOCK = Sql.of(Mirror.class, "lock");
  private static final Duration POLL = Duration.ofMillis(500);

  /** How often the triggers are compared although no row has changed. */
  private static final Duration CHECK = Duration.ofMinutes(1);

  private final Jdbi jdbi;
  private final BackgroundWorkers workers;
  private final QuartzCluster cluster;
  private final InstantSource clock;
  private @Nullable SyncHours syncHours;
  private Map<String, Long> seen = Map.of();
  private Instant checked = Instant.EPOCH;

  Mirror(Jdbi jdbi, QuartzCluster cluster, SyncHours syncHours, InstantSource clock) {
    this.jdbi = jdbi;
    this.workers = new BackgroundWorkers(jdbi);
    this.cluster = cluster;
    this.syncHours = syncHours;
    this.clock = clock;
  }

  /** Looks once, and says when to look again. */
  Duration look() {
    if (syncHours != null) {
      set(syncHours);
      syncHours = null;
    }
    Map<String, Long> versions =
        workers.all().stream()
            .collect(Collectors.toMap(BackgroundWorker::workerName, BackgroundWorker::version));
    Instant now = clock.instant();
    if (!versions.equals(seen) || checked.plus(CHECK).isBefore(now)) {
      mirror();
      seen = versions;
      checked = now;
    }
    return POLL;
  }

  private void set(SyncHours hours) {
    boolean changed =
        jdbi.inTransaction(
            handle ->
                !handle
                    .createQuery(SYNC_HOURS)
                    .bind("cron", hours.cron())
                    .mapTo(String.class)
                    .list()
                    .isEmpty());
    if (changed) {
      log.info("the master sync runs each {} hours: {}", hours.interval(), hours.cron());
    }
  }

  private record Mirrored(List<BackgroundWorker> rows, Set<String> ticking) {}

  private void mirror() {
    Mirrored mirrored =
        jdbi.inTransaction(
            handle -> {
              handle.createQuery(LOCK).mapTo(Integer.class).list();
              List<BackgroundWorker> current = workers.all();
              Map<String, String> ticks = ticks(current);
              cluster.mirror(ticks);
              return new Mirrored(current, ticks.keySet());
            });
    mirrored.rows().forEach(row -> showNextRun(row, mirrored.ticking().contains(row.workerName())));
  }

  private static Map<String, String> ticks(List<BackgroundWorker> rows) {
    Map<String, String> ticks = new TreeMap<>();
    for (BackgroundWorker row : rows) {
      try {
        if (row.kind() != null) {
          ticks.put(row.workerName(), Ticks.of(row.schedule()));
        }
      } catch (InvalidScheduleException e) {
        log.error("{} is not scheduled: {}", row.workerName(), e.getMessage());
      }
    }
    return ticks;
  }

  /** A next run that has passed stays: it tells that the scheduler was, or is, late. */
  private void showNextRun(BackgroundWorker row, boolean ticks) {
    Optional<Schedule> schedule =
        ticks && row.enabled() ? Optional.of(row.schedule()) : Optional.empty();
    Instant next = schedule.flatMap(one -> one.next(clock.instant())).orElse(null);
    Instant shown = row.nextRunAt();
    boolean right =
        shown != null && next != null && !shown.isAfter(next) && schedule.orElseThrow().has(shown);
    if (!right) {
      jdbi.useHandle(
          handle ->
              handle
                  .createUpdate(NEXT_RUN)
                  .bind("workerName", row.workerName())
                  .bind("version", row.version())
                  .bind("next", next)
                  .execute());
    }
  }
}
