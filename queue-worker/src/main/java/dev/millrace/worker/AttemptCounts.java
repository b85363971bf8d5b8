package dev.millrace.worker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.db.Sql;
import dev.millrace.json.Json;
import dev.millrace.metrics.Time;
import dev.millrace.queue.Calls;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the attempts that this worker has recorded, by kind, outcome, waiting time and running
 * time, and adds the counts to {@code millrace.job_minutes} and {@code job_hours} every ten
 * seconds. What it costs does not grow with the number of jobs. A process that is killed loses what
 * it has counted since the last write, up to ten seconds; while Postgres is out nothing is
 * recorded, so that there is nothing to count, and what was counted before is written later.
 *
 * <p>The recording thread counts, another one writes.
 */
final class AttemptCounts {
  private static final Logger log = LoggerFactory.getLogger(AttemptCounts.class);
  private static final String ADD = Sql.of(AttemptCounts.class, "add");

  /** Between writes. */
  static final Duration INTERVAL = Duration.ofSeconds(10);

  /** The kinds that are counted one by one in a batch; those beyond are counted as one. */
  static final int MOST_KINDS = 200;

  static final String OTHER = "(other)";

  /** All queues, or all kinds, together. */
  private static final String ALL = "*";

  private static final int BUCKETS = 28;

  /** How an attempt ended; the name in lower case is what the tables say. */
  enum End {
    COMPLETED,
    /** It failed, and its job with it. */
    FAILED,
    /** It failed, and its job will be tried again. */
    RETRIED,
    CANCELLED;

    private final String text = name().toLowerCase(Locale.ROOT);

    String text() {
      return text;
    }
  }

  /** The counts of one kind and outcome; the buckets are those of the tables. */
  private static final class Counts {
    private long jobs;
    private final long[] waits = new long[BUCKETS];
    private final long[] runs = new long[BUCKETS];

    void add(Duration waited, Duration ran) {
      jobs++;
      waits[bucket(waited)]++;
      runs[bucket(ran)]++;
    }

    void add(Counts other) {
      jobs += other.jobs;
      for (int i = 0; i < BUCKETS; i++) {
        waits[i] += other.waits[i];
        runs[i] += other.runs[i];
      }
    }
  }

  /** What was counted since {@code began}, by {@link System#nanoTime}. */
  private record Batch(long number, long began, Map<String, Map<End, Counts>> kinds) {}

  private final Jdbi jdbi;
  private final String queue;
  private final String writer = UUID.randomUUID().toString();

  /** What is counted now; null: nothing was since the last write. Under the lock of this. */
  private @Nullable Batch counting;

  /** Under the lock of this. */
  private long lastNumber;

  /** What was sent and is not known to be written. For one thread at a time: see {@link #write}. */
  private volatile @Nullable Batch sending;

  AttemptCounts(Jdbi jdbi, String queue) {
    this.jdbi = jdbi;
    this.queue = queue;
  }

  /** Counts an attempt whose end is recorded. */
  void count(Attempt attempt, End end) {
    Duration waited = attempt.queued();
    Duration ran = attempt.running();
    add(attempt.job().kind(), end, waited, ran);
    Time.JOB_WAIT.record(waited, queue, attempt.job().kind());
    Time.JOB_RUN.record(ran, queue, attempt.job().kind(), end.text());
  }

  private synchronized void add(String kind, End end, Duration waited, Duration ran) {
    Batch batch = counting;
    if (batch == null) {
      batch = new Batch(++lastNumber, System.nanoTime(), new HashMap<>());
      counting = batch;
    }
    Map<End, Counts> known = batch.kinds().get(kind);
    if (known == null) {
      known =
          batch
              .kinds()
              .computeIfAbsent(
                  batch.kinds().size() < MOST_KINDS ? kind : OTHER,
                  name -> new EnumMap<>(End.class));
    }
    known.computeIfAbsent(end, name -> new Counts()).add(waited, ran);
  }

  /**
   * Writes what was counted, if anything was. What could not be written is sent again by the next
   * call, under the same number, so that it is counted once even if only the answer was lost.
   *
   * <p>For one thread at a time, except that a stop need not wait for a call that hangs: the batch
   * that both send is counted once.
   */
  void write() {
    Batch batch = sending;
    if (batch == null) {
      batch = take();
    }
    while (batch != null) {
      sending = batch;
      send(batch);
      sending = null;
      batch = take();
    }
  }

  private synchronized @Nullable Batch take() {
    Batch taken = counting;
    counting = null;
    return taken;
  }

  private void send(Batch batch) {
    long beganAgo = (System.nanoTime() - batch.began()) / 1_000_000;
    String counted = Json.write(rows(batch));
    Calls.withHandle(
        jdbi,
        handle -> {
          try (PreparedStatement statement = handle.getConnection().prepareStatement(ADD)) {
            statement.setString(1, writer);
            statement.setLong(2, batch.number());
            statement.setLong(3, beganAgo);
            statement.setString(4, counted);
            return statement.execute();
          }
        });
  }

  /** Writes for the last time; what cannot be written is lost. */
  void writeLast() {
    try {
      write();
    } catch (RuntimeException e) {
      log.warn("the last counts of ended attempts were not written: {}", e.getMessage());
    }
  }

  private ArrayNode rows(Batch batch) {
    ArrayNode rows = Json.mapper().createArrayNode();
    Map<End, Counts> all = new EnumMap<>(End.class);
    batch
        .kinds()
        .forEach(
            (kind, ends) ->
                ends.forEach(
                    (end, counts) -> {
                      all.computeIfAbsent(end, name -> new Counts()).add(counts);
                      put(rows.addObject().put("queue", queue).put("kind", kind), end, counts);
                    }));
    all.forEach(
        (end, counts) -> put(rows.addObject().put("queue", ALL).put("kind", ALL), end, counts));
    return rows;
  }

  private static void put(ObjectNode row, End end, Counts counts) {
    row.put("outcome", end.text()).put("jobs", counts.jobs);
    put(row.putArray("waits"), counts.waits);
    put(row.putArray("runs"), counts.runs);
  }

  /** Without the zeros at the end. */
  private static void put(ArrayNode array, long[] buckets) {
    int length = BUCKETS;
    while (length > 0 && buckets[length - 1] == 0) {
      length--;
    }
    for (int i = 0; i < length; i++) {
      array.add(buckets[i]);
    }
  }

  /** 0 below 1 ms, n from 2^(n-1) ms on, and the last one for all that is longer. */
  static int bucket(Duration time) {
    long millis = Math.max(0, time.toMillis());
    return Math.min(BUCKETS - 1, Long.SIZE - Long.numberOfLeadingZeros(millis));
  }
}
