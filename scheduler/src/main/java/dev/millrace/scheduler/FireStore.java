package dev.millrace.scheduler;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobClient;
import dev.millrace.job.NewJob;
import dev.millrace.metrics.Time;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.BackgroundWorkers;
import dev.millrace.scheduler.quartz.TickListener;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles slots: for each (background worker, slot) one row in {@code millrace.fires} and, in the
 * same transaction, its job if the policies allow one. A second call for a slot changes nothing.
 * Thread-safe.
 */
final class FireStore implements TickListener {
  private static final Logger log = LoggerFactory.getLogger(FireStore.class);
  private static final String RECORD = Sql.of(FireStore.class, "record");
  private static final String PASS_OVER = Sql.of(FireStore.class, "passOver");
  private static final String SETTLE = Sql.of(FireStore.class, "settle");
  private static final String ONE_WAITS = Sql.of(FireStore.class, "oneWaits");
  private static final String LOCK = Sql.of(FireStore.class, "lock");
  private static final String ADVANCE = Sql.of(FireStore.class, "advance");
  private static final String ADVANCE_IF_FREE = Sql.of(FireStore.class, "advanceIfFree");
  private static final String BRIEFLY = "SET LOCAL lock_timeout = '250ms'";

  private final Jdbi jdbi;
  private final JobClient client;
  private final String node;
  private final Duration missedAfter;
  private final InstantSource clock;

  FireStore(Jdbi jdbi, JobClient client, String node, Duration missedAfter, InstantSource clock) {
    this.jdbi = jdbi;
    this.client = client;
    this.node = node;
    this.missedAfter = missedAfter;
    this.clock = clock;
  }

  /**
   * Enqueues when the tick is a slot of the row as it is now. A late slot is left to the back-fill,
   * so that one place applies the misfire policy.
   */
  @Override
  public void tick(String workerName, Instant tick) {
    if (tick.plus(missedAfter).isAfter(clock.instant())) {
      enqueue(workerName, tick);
    }
  }

  /**
   * Enqueues for a slot, however old, unless the row is disabled or the overlap policy forbids it.
   *
   * @return empty when it was settled before, or is not a slot of the row as it is now
   */
  Optional<FireOutcome> enqueue(String workerName, Instant slot) {
    Optional<Settled> settled = settle(workerName, slot);
    while (settled.filter(Settled::overtaken).isPresent()) {
      settled = settle(workerName, slot);
    }
    return settled.map(Settled::outcome);
  }

  /**
   * Waits briefly for the lock of the background worker's row: a change in progress counts if it is
   * committed within that time. A row that stays locked is read as committed last, and its next run
   * is written later, see {@link NextRunWriter}.
   */
  private Optional<Settled> settle(String workerName, Instant slot) {
    try {
      return settle(workerName, slot, ADVANCE);
    } catch (JdbiException e) {
      if (!SqlStates.isLockTimeout(e)) {
        throw e;
      }
      return settle(workerName, slot, ADVANCE_IF_FREE);
    }
  }

  private Optional<Settled> settle(String workerName, Instant slot, String advance) {
    return jdbi.inTransaction(
        handle -> {
          handle.execute(BRIEFLY);
          return BackgroundWorkers.findIn(handle, workerName)
              .filter(worker -> worker.kind() != null && worker.schedule().has(slot))
              .flatMap(worker -> settleIn(handle, worker, slot, advance));
        });
  }

  /** Records missed slots that are skipped, in order; settled slots stay unchanged. */
  void passOver(String workerName, List<Instant> slots) {
    if (slots.isEmpty()) {
      return;
    }
    jdbi.useTransaction(
        handle -> {
          handle
              .createUpdate(PASS_OVER)
              .bind("schedule", workerName)
              .bindArray("slots", Instant.class, slots)
              .bind("node", node)
              .execute();
          BackgroundWorkers.findIn(handle, workerName)
              .ifPresent(
                  worker -> {
                    advance(handle, worker, slots.get(slots.size() - 1), ADVANCE_IF_FREE);
                  });
        });
  }

  /**
   * The outcome of a slot.
   *
   * @param overtaken whether the row was enabled or disabled before the lock was taken; nothing was
   *     settled then
   */
  private record Settled(FireOutcome outcome, long jobId, boolean overtaken) {}

  private Optional<Settled> settleIn(
      Handle handle, BackgroundWorker worker, Instant slot, String advance) {
    FireOutcome planned = worker.enabled() ? FireOutcome.ENQUEUED : FireOutcome.DISABLED;
    if (!recorded(handle, worker, slot, planned)) {
      return Optional.empty();
    }
    Settled settled = new Settled(planned, 0, false);
    if (worker.enabled()) {
      settled = enqueueIn(handle, worker, slot);
      handle
          .createUpdate(SETTLE)
          .bind("schedule", worker.workerName())
          .bind("slot", slot)
          .bind("jobId", settled.jobId())
          .bind("outcome", settled.outcome().text())
          .execute();
    }
    // last: while this row is locked, waiting for a lock of a finishing job could deadlock
    if (advance(handle, worker, slot, advance) != worker.enabled()) {
      handle.rollback();
      return Optional.of(new Settled(settled.outcome(), 0, true));
    }
    if (settled.outcome() == FireOutcome.ENQUEUED) {
      Time.SLOT_LAG.record(Duration.between(slot, clock.instant()), worker.workerName());
    }
    log(worker, slot, settled);
    return Optional.of(settled);
  }

  private boolean recorded(
      Handle handle, BackgroundWorker worker, Instant slot, FireOutcome outcome) {
    return handle
            .createUpdate(RECORD)
            .bind("schedule", worker.workerName())
            .bind("slot", slot)
            .bind("outcome", outcome.text())
            .bind("node", node)
            .execute()
        == 1;
  }

  private Settled enqueueIn(Handle handle, BackgroundWorker worker, Instant slot) {
    NewJob job = worker.jobOf(slot);
    if (job.lockKey().isPresent()) {
      Optional<Long> waiting = waiting(handle, job.lockKey().get());
      if (waiting.isPresent()) {
        return new Settled(FireOutcome.OVERLAPPED, waiting.get(), false);
      }
    }
    Enqueued enqueued = client.enqueueIn(handle, job);
    return new Settled(
        enqueued.created() ? FireOutcome.ENQUEUED : FireOutcome.OVERLAPPED,
        enqueued.jobId(),
        false);
  }

  /** The run that is queued already; no other fire can add one until this commits. */
  private static Optional<Long> waiting(Handle handle, String lockKey) {
    handle.createQuery(LOCK).bind("lockKey", lockKey).mapTo(Integer.class).list();
    return handle.createQuery(ONE_WAITS).bind("lockKey", lockKey).mapTo(Long.class).findOne();
  }

  /** Returns whether the row exists and is enabled. */
  private boolean advance(Handle handle, BackgroundWorker worker, Instant slot, String advance) {
    Instant now = clock.instant();
    Instant next = worker.schedule().next(now.isAfter(slot) ? now : slot).orElse(null);
    return handle
        .createQuery(advance)
        .bind("workerName", worker.workerName())
        .bind("slot", slot)
        .bind("next", next)
        .mapTo(Boolean.class)
        .findOne()
        .orElse(false);
  }

  private static void log(BackgroundWorker worker, Instant slot, Settled settled) {
    String name = worker.workerName().replace('_', '-');
    var line =
        (settled.outcome() == FireOutcome.ENQUEUED ? log.atDebug() : log.atInfo())
            .addKeyValue("worker", worker.workerName())
            .addKeyValue("slot", slot)
            .addKeyValue("outcome", settled.outcome().text());
    switch (settled.outcome()) {
      case ENQUEUED -> line.log("[{}] Slot {}: job {} enqueued", name, slot, settled.jobId());
      case OVERLAPPED ->
          line.log("[{}] Slot {}: job {} is unfinished, no other", name, slot, settled.jobId());
      case DISABLED ->
          line.log(
              "[{}] Worker disabled in DB; sleeping {}s without running",
              name,
              worker
                  .schedule()
                  .next(slot)
                  .map(next -> Duration.between(slot, next).toSeconds())
                  .orElse(0L));
    }
  }
}
