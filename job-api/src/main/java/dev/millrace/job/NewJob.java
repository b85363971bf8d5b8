package dev.millrace.job;

import dev.millrace.json.Json;
import dev.millrace.text.CodePoints;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A job to be enqueued. Refuses what no job may be, except that Postgres checks the kind's name and
 * that the payload is a JSON object.
 *
 * <p>The fields and the size that a kind allows are checked by the HTTP API and by {@code
 * millrace.enqueue}, which also refuse a kind that no queue worker has registered. {@link
 * JobClient} uses that function for jobs with options only. Without options a job may be enqueued
 * before any queue worker knows its kind; a payload that does not fit the kind's record then fails
 * the job when it is run.
 *
 * @param kind names the handler; matches {@link JobKind#NAME}
 * @param queue matches {@link #QUEUE}; the queue workers that serve it run the job
 * @param payload a JSON object as text; at most 256 KiB, or what the kind takes
 * @param priority -100 to 100, higher runs first; 0 unless set
 * @param delay from the moment of the insert by the database's clock, to the millisecond; not
 *     negative; zero: at once. With debounce its window counts instead
 * @param maxAttempts how often it is tried in all, 1 to 1000; empty: the kind's, or 3 if no queue
 *     worker has registered the kind
 * @param lockKey jobs that share it never run together; 1 to 200 characters; empty: none
 * @param uniqueKey at most one unfinished job has it, with debounce one that runs and one that
 *     waits; 1 to 200 characters; empty: none. Debounce and throttle need it
 * @param backgroundWorker the {@code worker_name} whose row shows how it went; empty: none
 * @param trigger what had it enqueued; {@link Trigger#API} unless set
 * @param options limits, deadlines, debounce; {@link JobOptions#NONE} for most
 */
public record NewJob(
    String kind,
    String queue,
    String payload,
    int priority,
    Duration delay,
    OptionalInt maxAttempts,
    Optional<String> lockKey,
    Optional<String> uniqueKey,
    Optional<String> backgroundWorker,
    Trigger trigger,
    JobOptions options) {
  /** The queue of a job that names none: {@code default}. */
  public static final String DEFAULT_QUEUE = "default";

  /** What the name of a queue matches: 1 to 63 characters, the first of them a letter. */
  public static final Pattern QUEUE = Pattern.compile("[a-z][a-z0-9_-]{0,62}");

  /** The lowest priority. */
  public static final int MIN_PRIORITY = -100;

  /** The highest priority. */
  public static final int MAX_PRIORITY = 100;

  private static final int MAX_KEY = 200;

  /**
   * Checks each part by itself, and that debounce and throttle have a unique key.
   *
   * @param kind not checked here
   * @param queue matches {@link #QUEUE}
   * @param payload not checked here
   * @param priority -100 to 100
   * @param delay not negative
   * @param maxAttempts 1 to 1000, or empty
   * @param lockKey 1 to 200 characters, of which an emoji is one, or empty
   * @param uniqueKey likewise
   * @param backgroundWorker not checked; without such a row nothing is shown
   * @param trigger what had it enqueued
   * @param options checked by their own constructor
   * @throws IllegalArgumentException naming the field, its rule and what it was
   */
  public NewJob {
    if (!queue.equals(DEFAULT_QUEUE) && !QUEUE.matcher(queue).matches()) {
      throw new IllegalArgumentException("queue must match " + QUEUE + ", was '" + queue + "'");
    }
    if (priority < MIN_PRIORITY || priority > MAX_PRIORITY) {
      throw new IllegalArgumentException("priority must be -100 to 100, was " + priority);
    }
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative, was " + delay);
    }
    if (maxAttempts.isPresent() && (maxAttempts.getAsInt() < 1 || maxAttempts.getAsInt() > 1000)) {
      throw new IllegalArgumentException(
          "max_attempts must be 1 to 1000, was " + maxAttempts.getAsInt());
    }
    lockKey.ifPresent(key -> checkKey("lock_key", key));
    uniqueKey.ifPresent(key -> checkKey("unique_key", key));
    if (uniqueKey.isEmpty() && (options.debounce().isPresent() || options.throttle().isPresent())) {
      throw new IllegalArgumentException("unique_key is needed for debounce and throttle");
    }
  }

  private static void checkKey(String field, String key) {
    if (key.isEmpty() || CodePoints.length(key) > MAX_KEY) {
      throw new IllegalArgumentException(
          field + " must have 1 to " + MAX_KEY + " characters, had " + key.length());
    }
  }

  /**
   * A job of a kind, with the kind's attempts, in the default queue, at once.
   *
   * @param <P> the record of the payload
   * @param kind may be unknown to the queue workers as yet
   * @param payload written as JSON, its fields in snake_case
   * @return the job, for the methods below to change
   * @throws dev.millrace.json.JsonException when the payload's type cannot be written
   */
  public static <P> NewJob of(JobKind<P> kind, P payload) {
    return plain(kind.name(), Json.write(payload), OptionalInt.of(kind.maxAttempts()));
  }

  /**
   * A job of a kind known only by name, in the default queue, at once. Its attempts are the kind's.
   *
   * @param kind matches {@link JobKind#NAME}
   * @param payload a JSON object as text
   * @return the job, for the methods below to change
   */
  public static NewJob of(String kind, String payload) {
    return plain(kind, payload, OptionalInt.empty());
  }

  private static NewJob plain(String kind, String payload, OptionalInt maxAttempts) {
    return new NewJob(
        kind,
        DEFAULT_QUEUE,
        payload,
        0,
        Duration.ZERO,
        maxAttempts,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Trigger.API,
        JobOptions.NONE);
  }

  /**
   * Sets the queue.
   *
   * @param name matches {@link #QUEUE}
   * @return a changed copy
   * @throws IllegalArgumentException when the name does not match
   */
  public NewJob inQueue(String name) {
    return edit(draft -> draft.queue = name);
  }

  /**
   * Sets which of the jobs of a queue run first. Of one priority the older comes first.
   *
   * @param number -100 to 100, higher first
   * @return a changed copy
   * @throws IllegalArgumentException when the number is out of range
   */
  public NewJob withPriority(int number) {
    return edit(draft -> draft.priority = number);
  }

  /**
   * Sets how long it waits before it may run.
   *
   * @param time from the insert by the database's clock, to the millisecond; not negative
   * @return a changed copy
   * @throws IllegalArgumentException when the time is negative
   */
  public NewJob after(Duration time) {
    return edit(draft -> draft.delay = time);
  }

  /**
   * Sets how often it is tried in all, whatever its kind says.
   *
   * @param attempts 1 to 1000; 1: never again
   * @return a changed copy
   * @throws IllegalArgumentException when the number is out of range
   */
  public NewJob withMaxAttempts(int attempts) {
    return edit(draft -> draft.maxAttempts = OptionalInt.of(attempts));
  }

  /**
   * Sets the key that lets it run only while no other job of the key runs, over all queue workers.
   * When the key is held, {@link JobOptions#onBusy} decides.
   *
   * @param key 1 to 200 characters
   * @return a changed copy
   * @throws IllegalArgumentException when the key is too short or too long
   */
  public NewJob withLockKey(String key) {
    return edit(draft -> draft.lockKey = Optional.of(key));
  }

  /**
   * Sets the key that keeps it out while an unfinished job has the same, of whatever kind; with
   * debounce, while one has the same that has not started. The enqueue then answers with that job.
   *
   * @param key 1 to 200 characters
   * @return a changed copy
   * @throws IllegalArgumentException when the key is too short or too long
   */
  public NewJob withUniqueKey(String key) {
    return edit(draft -> draft.uniqueKey = Optional.of(key));
  }

  /**
   * Sets the background worker whose row shows when it ran and how it went.
   *
   * @param workerName its {@code worker_name}; without such a row nothing is shown
   * @return a changed copy
   */
  public NewJob forBackgroundWorker(String workerName) {
    return edit(draft -> draft.backgroundWorker = Optional.of(workerName));
  }

  /**
   * Sets what had it enqueued.
   *
   * @param cause takes the place of {@link Trigger#API}
   * @return a changed copy
   */
  public NewJob triggeredBy(Trigger cause) {
    return edit(draft -> draft.trigger = cause);
  }

  /**
   * With what decides when, and whether, it may run. For debounce and throttle set the unique key
   * first.
   *
   * @param rules take the place of all options it had
   * @return a changed copy
   * @throws IllegalArgumentException when they debounce or throttle and there is no unique key
   */
  public NewJob with(JobOptions rules) {
    return edit(draft -> draft.options = rules);
  }

  private NewJob edit(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.build();
  }

  /** A job being changed; what it builds is checked like any other. */
  private static final class Draft {
    private final String kind;
    private final String payload;
    private String queue;
    private int priority;
    private Duration delay;
    private OptionalInt maxAttempts;
    private Optional<String> lockKey;
    private Optional<String> uniqueKey;
    private Optional<String> backgroundWorker;
    private Trigger trigger;
    private JobOptions options;

    Draft(NewJob job) {
      kind = job.kind;
      payload = job.payload;
      queue = job.queue;
      priority = job.priority;
      delay = job.delay;
      maxAttempts = job.maxAttempts;
      lockKey = job.lockKey;
      uniqueKey = job.uniqueKey;
      backgroundWorker = job.backgroundWorker;
      trigger = job.trigger;
      options = job.options;
    }

    NewJob build() {
      return new NewJob(
          kind,
          queue,
          payload,
          priority,
          delay,
          maxAttempts,
          lockKey,
          uniqueKey,
          backgroundWorker,
          trigger,
          options);
    }
  }
}
