package dev.millrace.schedule;

import dev.millrace.MillraceException;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A named recurring job, as its row in {@code background_workers} has it.
 *
 * @param intervalSeconds null or not positive: {@link #DEFAULT_INTERVAL_SECONDS}
 * @param lastStatus {@code running}, {@code success} or {@code error}
 * @param lastErrorMessage at most 2000 characters
 * @param kind null: shown, never scheduled
 * @param payload JSON text, an object
 * @param cron expressions separated by ';', which replace the interval
 * @param misfirePolicy one of {@link #MISFIRE_POLICIES}: what becomes of slots that were not fired
 * @param misfireLimit under {@code all}, how many of them are made up for, the newest; 1 to 1000
 * @param overlapPolicy one of {@link #OVERLAP_POLICIES}: what a slot does while a run is unfinished
 * @param jitterSeconds how long after its slot a run may begin; 0 to 86,400
 * @param pausedBy who switched it off, as far as that is known
 * @param nextRunAt as the scheduler knows it; in the past when no scheduler runs
 * @param version rises with every change of the configuration
 */
public record BackgroundWorker(
    String workerName,
    @Nullable String displayName,
    @Nullable String description,
    boolean enabled,
    @Nullable Integer intervalSeconds,
    @Nullable Instant lastStartedAt,
    @Nullable Instant lastFinishedAt,
    @Nullable String lastStatus,
    @Nullable String lastErrorMessage,
    int runsOkInRow,
    int runsErrorInRow,
    @Nullable String kind,
    String payload,
    String queue,
    int priority,
    @Nullable String cron,
    String timeZone,
    String misfirePolicy,
    int misfireLimit,
    String overlapPolicy,
    int jitterSeconds,
    @Nullable String pausedBy,
    @Nullable String pausedReason,
    @Nullable Instant pausedAt,
    @Nullable Instant nextRunAt,
    long version) {
  /** What a row without a usable interval and without a cron expression gets. */
  public static final int DEFAULT_INTERVAL_SECONDS = 600;

  public static final List<String> MISFIRE_POLICIES = List.of("skip", "once", "all");

  public static final List<String> OVERLAP_POLICIES = List.of("skip", "queue_one", "allow");

  /** The interval in force, in seconds, at least 1. Means nothing when {@link #cron} is set. */
  public int effectiveIntervalSeconds() {
    return intervalSeconds == null || intervalSeconds <= 0
        ? DEFAULT_INTERVAL_SECONDS
        : intervalSeconds;
  }

  /**
   * When it is due: its cron expressions, else its interval.
   *
   * @throws InvalidScheduleException when the row holds an expression that means nothing
   */
  public Schedule schedule() {
    return cron == null || cron.isBlank()
        ? Schedule.every(Duration.ofSeconds(effectiveIntervalSeconds()))
        : Schedule.cron(cron, timeZone);
  }

  /**
   * The job of one of its runs, whatever caused it. Its overlap policy is in the keys: {@code skip}
   * is a unique key, so that a run that is unfinished stands for the new one; {@code queue_one} is
   * a lock key; {@code allow} is neither.
   *
   * @throws MillraceException when the row has no kind
   */
  public NewJob job(Trigger cause) {
    if (kind == null) {
      throw new MillraceException(
          "background worker " + workerName + " has no kind; there is nothing to run");
    }
    NewJob job =
        NewJob.of(kind, payload)
            .inQueue(queue)
            .withPriority(priority)
            .forBackgroundWorker(workerName)
            .triggeredBy(cause);
    return switch (overlapPolicy) {
      case "skip" -> job.withUniqueKey(overlapKey());
      case "queue_one" -> job.withLockKey(overlapKey());
      default -> job;
    };
  }

  /**
   * The job of a slot: as {@link #job}, begun up to {@link #jitterSeconds} later. The delay depends
   * on nothing but the worker and the slot.
   */
  public NewJob jobOf(Instant slot) {
    NewJob job = job(Trigger.SCHEDULE);
    if (jitterSeconds == 0) {
      return job;
    }
    long seed = workerName.hashCode() * 31L + slot.getEpochSecond();
    int most = (int) Duration.ofSeconds(jitterSeconds).toMillis();
    return job.after(Duration.ofMillis(new SplittableRandom(seed).nextInt(most + 1)));
  }

  /** What its jobs share: {@code worker:<worker_name>}. */
  public String overlapKey() {
    return "worker:" + workerName;
  }
}
