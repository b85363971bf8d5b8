package dev.millrace.scheduler;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.BackgroundWorkers;
import dev.millrace.schedule.InvalidScheduleException;
import dev.millrace.schedule.MasterSync;
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
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Quartz's triggers, and the next run that each row shows, equal to {@code
 * background_workers}. It compares the rows' versions, so that a change by API or by SQL is in
 * force within 1 s. For one thread at a time.
 */
final class TriggerSync {
  private static final Logger log = LoggerFactory.getLogger(TriggerSync.class);
  private static final String SYNC_HOURS = Sql.of(TriggerSync.class, "syncHours");
  private static final String MASTER_SHEET = Sql.of(TriggerSync.class, "masterSheet");
  private static final String LOCK = Sql.of(TriggerSync.class, "lock");
  private static final Duration POLL = Duration.ofMillis(500);

  /** The interval at which triggers are compared although no row has changed. */
  private static final Duration CHECK = Duration.ofMinutes(1);

  /** The interval at which it is asked whether a queue worker has a master sheet. */
  private static final Duration SHEET_CHECK = Duration.ofSeconds(10);

  private final Jdbi jdbi;
  private final BackgroundWorkers workers;
  private final QuartzCluster cluster;
  private final InstantSource clock;
  private final NextRunWriter nextRuns;
  private @Nullable SyncHours syncHours;
  private Map<String, Long> seen = Map.of();
  private Instant checked = Instant.EPOCH;
  private Instant sheetChecked = Instant.EPOCH;
  private Set<String> ticking = Set.of();
  private Set<String> unshown = Set.of();

  TriggerSync(Jdbi jdbi, QuartzCluster cluster, SyncHours syncHours, InstantSource clock) {
    this.jdbi = jdbi;
    this.workers = new BackgroundWorkers(jdbi);
    this.cluster = cluster;
    this.syncHours = syncHours;
    this.clock = clock;
    this.nextRuns = new NextRunWriter(jdbi, clock);
  }

  /** Compares once and returns the pause before the next comparison. */
  Duration sync() {
    List<BackgroundWorker> rows = workers.all();
    if (syncHours != null && hasMasterSync(rows) && set(syncHours)) {
      rows = workers.all();
      warnIfUneven(syncHours, rows);
      syncHours = null;
    }
    if (hasMasterSync(rows) && sheetChecked.plus(SHEET_CHECK).isBefore(clock.instant())) {
      sheetChecked = clock.instant();
      if (switchMasterSync()) {
        rows = workers.all();
      }
    }
    Map<String, Long> versions =
        rows.stream()
            .collect(Collectors.toMap(BackgroundWorker::workerName, BackgroundWorker::version));
    Instant now = clock.instant();
    boolean changed = !versions.equals(seen);
    if ((changed || checked.plus(CHECK).isBefore(now)) && triggerSync()) {
      if (changed) {
        nextRuns.dropUnbegun(disabled(rows));
      }
      seen = versions;
      checked = now;
    }
    if (!unshown.isEmpty()) {
      show(rows.stream().filter(row -> unshown.contains(row.workerName())).toList());
    }
    nextRuns.makeUp(rows);
    return POLL;
  }

  /** Returns whether it changed; a row that another session has locked is left for later. */
  private boolean switchMasterSync() {
    try {
      Optional<Boolean> on =
          jdbi.inTransaction(
              handle -> {
                boolean lacksSheet = MasterSync.lacksSheet(handle);
                return handle
                    .createQuery(MASTER_SHEET)
                    .bind("lacksSheet", lacksSheet)
                    .mapTo(Boolean.class)
                    .findOne();
              });
      on.ifPresent(
          now ->
              log.info(
                  now
                      ? "the master sync is on again: a queue worker has MASTER_SHEET_URL"
                      : "the master sync is off: no queue worker has MASTER_SHEET_URL"));
      return on.isPresent();
    } catch (JdbiException e) {
      if (!SqlStates.isLockTimeout(e)) {
        throw e;
      }
      log.debug("the master sync is switched when its row is free", e);
      return false;
    }
  }

  private static void warnIfUneven(SyncHours hours, List<BackgroundWorker> rows) {
    boolean inForce =
        rows.stream()
            .anyMatch(
                row ->
                    row.workerName().equals(MasterSync.BACKGROUND_WORKER)
                        && hours.cron().equals(row.cron()));
    if (inForce) {
      hours.unevenNote().ifPresent(log::warn);
    }
  }

  /** Its row may be added while schedulers run. */
  private static boolean hasMasterSync(List<BackgroundWorker> rows) {
    return rows.stream().anyMatch(row -> row.workerName().equals(MasterSync.BACKGROUND_WORKER));
  }

  private static Set<String> disabled(List<BackgroundWorker> rows) {
    return rows.stream()
        .filter(row -> !row.enabled())
        .map(BackgroundWorker::workerName)
        .collect(Collectors.toSet());
  }

  /** Returns false when another session has locked the row: the next run tries again. */
  private boolean set(SyncHours hours) {
    try {
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
      return true;
    } catch (JdbiException e) {
      if (!SqlStates.isLockTimeout(e)) {
        throw e;
      }
      log.debug("the hours of the master sync are set when its row is free", e);
      return false;
    }
  }

  private record Mirrored(List<BackgroundWorker> rows, Set<String> ticking) {}

  /** Returns false when another node holds the lock for it. */
  private boolean triggerSync() {
    Optional<Mirrored> mirrored =
        jdbi.inTransaction(
            handle -> {
              if (!handle.createQuery(LOCK).mapTo(Boolean.class).one()) {
                return Optional.empty();
              }
              List<BackgroundWorker> current = workers.all();
              Map<String, String> ticks = ticks(current);
              cluster.mirror(ticks);
              return Optional.of(new Mirrored(current, ticks.keySet()));
            });
    mirrored.ifPresent(
        done -> {
          ticking = done.ticking();
          show(done.rows());
        });
    return mirrored.isPresent();
  }

  /** Rows that another session has locked are written by a later run. */
  private void show(List<BackgroundWorker> rows) {
    unshown =
        rows.stream()
            .filter(row -> !nextRuns.show(row, ticking.contains(row.workerName())))
            .map(BackgroundWorker::workerName)
            .collect(Collectors.toSet());
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
}
