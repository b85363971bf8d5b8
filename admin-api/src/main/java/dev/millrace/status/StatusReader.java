package dev.millrace.status;

import dev.millrace.MillraceException;
import dev.millrace.Threads;
import dev.millrace.db.Sql;
import dev.millrace.health.GuardedTasks;
import dev.millrace.health.Health;
import dev.millrace.progress.Progress;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.Lane;
import dev.millrace.redis.Redis;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.BackgroundWorkers;
import dev.millrace.schedule.MasterSync;
import dev.millrace.status.Status.QueueWorker;
import dev.millrace.status.Status.RunningJob;
import dev.millrace.status.Status.ViewSummary;
import dev.millrace.sync.Ingestion;
import dev.millrace.sync.IngestionReader;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * Takes one snapshot of the installation: everything from Postgres in one repeatable read, so that
 * its parts agree, then the progress of what runs from Redis. What it reads of jobs, children and
 * items is bounded, however many there are (decision 104); it grows with the background workers,
 * views and suppliers, all of which it lists, and with what queue workers have claimed. Callers
 * share one look instead of taking one each. Parts that an old snapshot of anybody makes expensive
 * are shown as they were read last, and are named as old. Thread-safe.
 */
public final class StatusReader {
  static final String LIMITS = Sql.of(StatusReader.class, "limits");
  static final String NOW = Sql.of(StatusReader.class, "now");
  private static final String RUNNING = Sql.of(StatusReader.class, "running");
  private static final String QUEUE_WORKERS = Sql.of(StatusReader.class, "queueWorkers");
  private static final String UNSERVED = Sql.of(StatusReader.class, "unserved");
  private static final String TROUBLES = Sql.of(StatusReader.class, "troubles");
  private static final String VIEWS = Sql.of(StatusReader.class, "views");
  private static final String NODES = Sql.of(StatusReader.class, "nodes");
  private static final String DUTY = Sql.of(StatusReader.class, "duty");

  /** How long Redis may take to say what running jobs said. */
  private static final Duration MAX_WAIT = Duration.ofMillis(500);

  /** What is asked aside has time-outs of its own, which are shorter. */
  private static final Duration LONGEST_TASK = Duration.ofMinutes(1);

  private final Jdbi jdbi;
  private final Redis redis;
  private final ProgressBoard board;
  private final IngestionReader ingestion = new IngestionReader();
  private final Defects defects = new Defects();
  private final PacedPart<List<Claimed>> pacedRunning;
  private final PacedPart<Optional<JobCounts>> pacedCounts;
  private final PacedPart<List<QueueWorker>> pacedWorkers;
  private final PacedPart<List<Lane>> pacedUnserved;
  private final GuardedTasks asking;
  private volatile CompletableFuture<Optional<Map<Long, Progress>>> asked =
      CompletableFuture.completedFuture(Optional.empty());

  public StatusReader(Jdbi jdbi, Redis redis, ProgressBoard board) {
    this(jdbi, redis, board, new Health());
  }

  /**
   * A reader that reports on its threads.
   *
   * @param health what is wrong with them
   */
  public StatusReader(Jdbi jdbi, Redis redis, ProgressBoard board, Health health) {
    this.jdbi = jdbi;
    this.redis = redis;
    this.board = board;
    this.asking = tasks("status-redis", health);
    GuardedTasks apart = tasks("status-part", health);
    this.pacedRunning = new PacedPart<>("running_jobs", jdbi, apart);
    this.pacedCounts = new PacedPart<>("jobs", jdbi, apart);
    this.pacedWorkers = new PacedPart<>("queue_workers", jdbi, apart);
    this.pacedUnserved = new PacedPart<>("unserved", jdbi, apart);
  }

  private static GuardedTasks tasks(String name, Health health) {
    return new GuardedTasks(
        name, health, LONGEST_TASK, Executors.newCachedThreadPool(Threads.named(name + "-")));
  }

  /**
   * Takes a snapshot; fails as Jdbi does when Postgres is away or takes more than two seconds for a
   * statement. What cannot be read for another reason is among the {@linkplain Status#defects
   * defects}.
   */
  public Status read() {
    return withProgress(
        jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, this::fromPostgres));
  }

  private record Found(Status status, Map<Long, Long> fences) {}

  private record Claimed(RunningJob job, long fence) {}

  private record Begun(Instant now, TransactionSnapshot sees) {
    static Begun of(ResultSet row) throws SQLException {
      return new Begun(
          row.getTimestamp("now").toInstant(),
          TransactionSnapshot.ofPostgres(row.getString("sees")));
    }
  }

  private Found fromPostgres(Handle handle) {
    handle.execute(LIMITS);
    Begun begun = handle.createQuery(NOW).map((row, context) -> Begun.of(row)).one();
    Instant now = begun.now();
    Defects.Found found = defects.read();
    SnapshotParts parts = new SnapshotParts(handle, begun.sees(), found);
    List<BackgroundWorker> workers =
        parts.rows(
            "background_workers",
            BackgroundWorkers::queryAll,
            ConstructorMapper.of(BackgroundWorker.class));
    Optional<BackgroundWorker> masterSync =
        workers.stream()
            .filter(worker -> worker.workerName().equals(MasterSync.BACKGROUND_WORKER))
            .findFirst();
    Optional<Ingestion> sync =
        parts.read(
            "ingestion", Optional.empty(), in -> Optional.of(ingestion.read(in, masterSync, now)));
    List<Claimed> running =
        parts.rows(
            pacedRunning,
            in -> in.createQuery(RUNNING),
            (row, context) -> new Claimed(runningJob(row, now), row.getLong("fence")));
    Map<Long, Long> fences = new HashMap<>();
    running.stream()
        .filter(claimed -> claimed.job().state().equals("processing"))
        .forEach(claimed -> fences.put(claimed.job().id(), claimed.fence()));
    Status status =
        new Status(
            now,
            true,
            sync.orElse(null),
            workers,
            parts.rows(
                "views", in -> in.createQuery(VIEWS), ConstructorMapper.of(ViewSummary.class)),
            parts
                .read(pacedCounts, Optional.empty(), in -> Optional.of(JobCounter.count(in)))
                .orElse(null),
            running.stream().map(Claimed::job).toList(),
            parts.rows(
                pacedWorkers,
                in -> in.createQuery(QUEUE_WORKERS),
                (row, context) -> queueWorker(row)),
            parts.rows(
                pacedUnserved, in -> in.createQuery(UNSERVED), ConstructorMapper.of(Lane.class)),
            scheduler(parts).orElse(null),
            List.of(),
            List.of(),
            parts.rows(
                "troubles", in -> in.createQuery(TROUBLES), (row, context) -> row.getString(1)),
            parts.sight());
    return new Found(status.with(found.end(), parts.old(), parts.sight()), fences);
  }

  private static RunningJob runningJob(ResultSet row, Instant now) throws SQLException {
    boolean waits = row.getString("state").equals("waiting");
    return new RunningJob(
        row.getLong("id"),
        row.getString("kind"),
        row.getString("queue"),
        row.getString("state"),
        row.getInt("attempt"),
        row.getInt("max_attempts"),
        waits ? null : row.getString("worker_id"),
        row.getString("background_worker"),
        row.getObject("parent_id", Long.class),
        row.getString("trigger"),
        row.getBoolean("cancel_requested"),
        instant(row, "started_at"),
        waits ? ofChildren(row, now) : null);
  }

  private static Progress ofChildren(ResultSet row, Instant now) throws SQLException {
    long total = row.getLong("children_total");
    long done = Math.max(0, total - row.getLong("children_left"));
    return new Progress(row.getLong("fence"), done, total, "", now);
  }

  private static QueueWorker queueWorker(ResultSet row) throws SQLException {
    return new QueueWorker(
        row.getString("worker_id"),
        row.getString("name"),
        row.getString("host"),
        row.getLong("pid"),
        texts(row.getArray("queues")),
        row.getInt("concurrency"),
        row.getString("state"),
        row.getLong("running"),
        row.getTimestamp("started_at").toInstant(),
        row.getTimestamp("heartbeat_at").toInstant());
  }

  private static List<String> texts(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }

  private static Optional<SchedulerStatus> scheduler(SnapshotParts parts) {
    List<SchedulerStatus.Node> nodes =
        parts.rows(
            "scheduler_nodes",
            in -> in.createQuery(NODES),
            ConstructorMapper.of(SchedulerStatus.Node.class));
    return parts.read(
        "scheduler",
        Optional.empty(),
        in ->
            in.createQuery(DUTY)
                .map(
                    (row, context) ->
                        new SchedulerStatus(
                            row.getString("leader"),
                            instant(row, "late_since"),
                            instant(row, "last_checkin_at"),
                            nodes))
                .findOne());
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    var time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }

  private Status withProgress(Found found) {
    Optional<Map<Long, Progress>> answer = askRedis(found.fences());
    Map<Long, Progress> said = answer.orElse(Map.of());
    List<RunningJob> running =
        found.status().running().stream()
            .map(job -> said.containsKey(job.id()) ? job.with(said.get(job.id())) : job)
            .toList();
    return found.status().with(answer.isPresent() && redis.up(), running);
  }

  /**
   * Empty when Redis is away. Asked on a thread of its own: a Redis that hangs is away too and must
   * not hold up what Postgres has said. A question that hangs is not asked again until it is back.
   */
  private Optional<Map<Long, Progress>> askRedis(Map<Long, Long> fences) {
    if (!asked.isDone()) {
      return Optional.empty();
    }
    CompletableFuture<Optional<Map<Long, Progress>>> question =
        asking.ask(() -> redis.ping() ? Optional.of(board.of(fences)) : Optional.empty());
    asked = question;
    try {
      return question.get(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new MillraceException("Redis could not be asked: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
