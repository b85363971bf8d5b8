package dev.millrace.scheduler;

import dev.millrace.db.Sql;
import dev.millrace.metrics.Count;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.BackgroundWorkers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds slots without a row in {@code millrace.fires}, by the database's clock, and settles them by
 * the misfire policy: {@code all} enqueues for each up to the row's limit, {@code once} for the
 * newest, {@code skip} for none; skipped slots are recorded. For one thread at a time.
 */
final class Backfill {
  private static final Logger log = LoggerFactory.getLogger(Backfill.class);
  private static final String WINDOWS = Sql.of(Backfill.class, "windows");
  private static final String SETTLED = Sql.of(Backfill.class, "settled");

  /** The most missed slots of one background worker that are enqueued; the newest of more. */
  static final int MAX_SLOTS = 1_000;

  /** The most jobs of one background worker that one run enqueues. */
  private static final int AT_ONCE = 100;

  private final Jdbi jdbi;
  private final FireStore fireStore;
  private final SchedulerSettings settings;

  /** Up to where a row, in its present version, has no open slot. */
  private final Map<String, Done> done = new HashMap<>();

  private final Set<String> failing = new HashSet<>();

  Backfill(Jdbi jdbi, FireStore fireStore, SchedulerSettings settings) {
    this.jdbi = jdbi;
    this.fireStore = fireStore;
    this.settings = settings;
  }

  private record Done(long version, Instant upTo) {}

  private record Window(String workerName, Instant after, Instant upTo) {}

  /** Settles the slots of each background worker once; an invalid row does not delay others. */
  void run() {
    Map<String, Window> windows = windows();
    for (BackgroundWorker worker : new BackgroundWorkers(jdbi).all()) {
      Window window = windows.get(worker.workerName());
      if (window == null) {
        continue;
      }
      try {
        fill(worker, window);
        failing.remove(worker.workerName());
      } catch (RuntimeException e) {
        // its schedule, queue or kind may be invalid; an outage fails the next run as a whole
        if (failing.add(worker.workerName())) {
          log.warn("missed slots of {} cannot be settled: {}", worker.workerName(), e.getMessage());
        }
      }
    }
  }

  private Map<String, Window> windows() {
    Map<String, Window> windows = new HashMap<>();
    jdbi.useHandle(
        handle ->
            handle
                .createQuery(WINDOWS)
                .bind("lookBackMillis", settings.lookBack().toMillis())
                .bind("missedAfterMillis", settings.missedAfter().toMillis())
                .map(
                    (row, context) ->
                        new Window(
                            row.getString(1),
                            row.getTimestamp(2).toInstant(),
                            row.getTimestamp(3).toInstant()))
                .forEach(window -> windows.put(window.workerName(), window)));
    return windows;
  }

  private void fill(BackgroundWorker worker, Window window) {
    Done before = done.get(worker.workerName());
    Instant after =
        before != null
                && before.version() == worker.version()
                && before.upTo().isAfter(window.after())
            ? before.upTo()
            : window.after();
    List<Instant> missed = missed(worker, after, window.upTo());
    Instant upTo = missed.isEmpty() ? window.upTo() : settle(worker, missed, window.upTo());
    done.put(worker.workerName(), new Done(worker.version(), upTo));
  }

  private List<Instant> missed(BackgroundWorker worker, Instant after, Instant upTo) {
    List<Instant> missed = new ArrayList<>(worker.schedule().slots(after, upTo, MAX_SLOTS));
    if (!missed.isEmpty()) {
      missed.removeAll(settled(worker.workerName(), after, upTo));
    }
    return missed;
  }

  private Set<Instant> settled(String workerName, Instant after, Instant upTo) {
    return new HashSet<>(
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(SETTLED)
                    .bind("schedule", workerName)
                    .bind("after", after)
                    .bind("upTo", upTo)
                    .mapTo(Instant.class)
                    .list()));
  }

  /** Returns up to where no slot is open any more. */
  private Instant settle(BackgroundWorker worker, List<Instant> missed, Instant upTo) {
    String name = worker.workerName();
    Instant newest = missed.get(missed.size() - 1);
    log.info(
        "slots of {} were missed: {}, the newest {}; policy {}",
        name,
        missed.size(),
        newest,
        worker.misfirePolicy());
    int passedOver = Math.max(0, missed.size() - most(worker));
    fireStore.passOver(name, missed.subList(0, passedOver));
    List<Instant> wanted = missed.subList(passedOver, missed.size());
    List<Instant> oldest = wanted.subList(0, Math.min(AT_ONCE, wanted.size()));
    oldest.forEach(slot -> fireStore.enqueue(name, slot));
    Count.SLOTS_MISSED.add(passedOver, name, "skipped");
    Count.SLOTS_MISSED.add(oldest.size(), name, "made_up");
    return oldest.size() < wanted.size() ? oldest.get(oldest.size() - 1) : upTo;
  }

  /** How many missed slots the row's misfire policy enqueues. */
  private static int most(BackgroundWorker worker) {
    if (!worker.enabled()) {
      return 0;
    }
    return switch (worker.misfirePolicy()) {
      case "skip" -> 0;
      case "all" -> worker.misfireLimit();
      default -> 1;
    };
  }

  /** The pause between two runs. */
  Duration rest() {
    Duration second = Duration.ofSeconds(1);
    return settings.missedAfter().compareTo(second) < 0 ? settings.missedAfter() : second;
  }
}
