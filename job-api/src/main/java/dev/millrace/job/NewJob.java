package dev.millrace.job;

import dev.millrace.json.Json;
import dev.millrace.text.CodePoints;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A job to be enqueued. Refuses what no job may be. What the kind allows is checked by the API and
 * by {@code millrace.enqueue}; from Java a kind may be enqueued before any queue worker knows it,
 * so there the attempt that cannot read its payload fails.
 *
 * @param payload a JSON object
 * @param priority -100 to 100, higher runs first
 * @param delay from the moment of the insert by the database's clock; zero: at once
 * @param maxAttempts empty: the kind's
 * @param lockKey jobs that share it never run together; 1 to 200 characters
 * @param uniqueKey at most one unfinished job has it; 1 to 200 characters
 * @param backgroundWorker the {@code worker_name} whose row shows how it went
 * @param options limits, deadlines, debounce; {@link JobOptions#PLAIN} for most
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
  /** The queue of a job that names none. */
  public static final String DEFAULT_QUEUE = "default";

  /** What the name of a queue matches. */
  public static final Pattern QUEUE = Pattern.compile("[a-z][a-z0-9_-]{0,62}");

  private static final int MAX_KEY = 200;

  public NewJob {
    if (!queue.equals(DEFAULT_QUEUE) && !QUEUE.matcher(queue).matches()) {
      throw new IllegalArgumentException("queue must match " + QUEUE + ", was '" + queue + "'");
    }
    if (priority < -100 || priority > 100) {
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

  /** A job of a kind, with the kind's own defaults. */
  public static <P> NewJob of(JobKind<P> kind, P payload) {
    return plain(kind.name(), Json.write(payload), OptionalInt.of(kind.maxAttempts()));
  }

  /** A job of a kind known only by name. */
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

  public NewJob inQueue(String name) {
    return edit(draft -> draft.queue = name);
  }

  public NewJob withPriority(int number) {
    return edit(draft -> draft.priority = number);
  }

  public NewJob after(Duration time) {
    return edit(draft -> draft.delay = time);
  }

  public NewJob withMaxAttempts(int attempts) {
    return edit(draft -> draft.maxAttempts = OptionalInt.of(attempts));
  }

  public NewJob withLockKey(String key) {
    return edit(draft -> draft.lockKey = Optional.of(key));
  }

  public NewJob withUniqueKey(String key) {
    return edit(draft -> draft.uniqueKey = Optional.of(key));
  }

  public NewJob forBackgroundWorker(String workerName) {
    return edit(draft -> draft.backgroundWorker = Optional.of(workerName));
  }

  public NewJob triggeredBy(Trigger cause) {
    return edit(draft -> draft.trigger = cause);
  }

  /** With what decides when, and whether, it may run. */
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
