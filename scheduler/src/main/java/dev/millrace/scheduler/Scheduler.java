package dev.millrace.scheduler;

import dev.millrace.alert.Alerts;
import dev.millrace.db.Database;
import dev.millrace.health.Health;
import dev.millrace.health.PeriodicTask;
import dev.millrace.lock.JobLocks;
import dev.millrace.mv.ViewRegistry;
import dev.millrace.progress.SyncKeys;
import dev.millrace.queue.BackgroundRuns;
import dev.millrace.queue.DispatchWake;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.scheduler.leader.Dispatch;
import dev.millrace.scheduler.leader.MvDebouncer;
import dev.millrace.scheduler.leader.Rescue;
import dev.millrace.scheduler.leader.SyncMirror;
import dev.millrace.scheduler.quartz.QuartzCluster;
import dev.millrace.scheduler.quartz.StuckTriggers;
import dev.millrace.stats.CacheOutbox;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A scheduler node: fires schedules together with the other nodes, and runs the leader's duties
 * while it leads. Start it once, close it once; its parts stay open and belong to the caller.
 */
public final class Scheduler implements AutoCloseable {
  /** The connections to Postgres that a node uses at most at once. */
  public static final int DATABASE_CONNECTIONS = 10;

  private static final Logger log = LoggerFactory.getLogger(Scheduler.class);
  private static final Duration STUCK_AFTER = Duration.ofSeconds(20);

  /** Longer than any statement in progress can take: each has a time-out. */
  private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

  private static final Duration RESIGN_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration WAKE_TIMEOUT = Duration.ofSeconds(1);

  private final Health health = new Health();
  private final String node;
  private final QuartzCluster cluster;
  private final Leadership leadership;
  private final PeriodicTask renewal;
  private final List<PeriodicTask> duties = new ArrayList<>();
  private final PeriodicTask triggerSync;
  private final NodeHeartbeat heartbeat;
  private final PeriodicTask presence;

  /**
   * What a node is made of.
   *
   * @param database migrated; at least {@link #DATABASE_CONNECTIONS} connections
   * @param node such as the host's name; made unique by a suffix
   */
  public record Parts(
      Database database, Redis redis, JobLocks locks, String node, SchedulerSettings settings) {}

  /** A node with the defaults for views, which sends no alerts. */
  public Scheduler(Parts parts) {
    this(parts, ViewDuties.DEFAULT, Optional.empty());
  }

  /**
   * A node.
   *
   * @param alerts where alerts go; empty: nowhere
   */
  public Scheduler(Parts parts, ViewDuties views, Optional<Alerts.Settings> alerts) {
    Jdbi jdbi = parts.database().jdbi();
    SchedulerSettings settings = parts.settings();
    InstantSource clock = InstantSource.system();
    ReadyJobs ready = new ReadyJobs(parts.redis());
    QueueClient client = new QueueClient(parts.database(), parts.redis(), ready);
    Dispatch dispatch = new Dispatch(jdbi, ready);
    Rescue rescue = new Rescue(jdbi, parts.locks());

    health.include(client.health());
    health.add("locks", parts.locks()::trouble);
    health.add("redis", parts.redis()::trouble);
    node = parts.node() + "-" + suffix();
    FireStore fireStore = new FireStore(jdbi, client, node, settings.missedAfter(), clock);
    cluster = QuartzCluster.create(parts.database().dataSource(), node, fireStore);
    triggerSync =
        new PeriodicTask(
            "trigger-sync",
            health,
            new TriggerSync(jdbi, cluster, settings.syncHours(), clock)::sync);

    heartbeat = new NodeHeartbeat(jdbi, node, clock, health);
    presence = new PeriodicTask("node-heartbeat", health, heartbeat::send);
    leadership = new Leadership(jdbi, node, settings.leaderLease());
    renewal = new PeriodicTask("leader", health, leadership::renew);
    PeriodicTask dispatcher = duty("dispatch", new Dispatcher(dispatch)::step);
    DispatchWake wake = new DispatchWake(parts.redis());
    duty("dispatch-wake", () -> awaitWake(wake, dispatcher));
    duty("resync", every(Duration.ofMillis(500), dispatch::resync));
    duty("rescue", every(Duration.ofSeconds(1), rescue::run));
    duty("runs", paced(Duration.ofSeconds(1), new BackgroundRuns(jdbi)::fold));
    SyncMirror mirror = new SyncMirror(jdbi, new SyncKeys(parts.redis(), settings.syncKeyPrefix()));
    duty("sync-keys", every(Duration.ofMillis(500), mirror::show));
    duty("stats-jobs", paced(Duration.ofSeconds(1), new StatsJobRows(jdbi)::show));
    duty("deadlines", paced(Duration.ofSeconds(1), dispatch::expire));
    MvDebouncer debouncer = new MvDebouncer(jdbi, client, views.atOnce());
    duty("debounce", paced(Duration.ofSeconds(1), debouncer::run));
    ViewRegistrar registrar = new ViewRegistrar(new ViewRegistry(jdbi), views.configured());
    duty("views", every(Duration.ofSeconds(5), registrar::register));
    duty("cache-outbox", paced(Duration.ofSeconds(5), new CacheOutbox(jdbi)::sweep));
    UnservedLanes unserved = new UnservedLanes(jdbi);
    duty("unserved", every(Duration.ofSeconds(5), unserved::check));
    alerts.ifPresent(
        webhook -> {
          AlertWatch watch = new AlertWatch(new Alerts(jdbi, client), webhook, unserved::known);
          duty("alerts", paced(AlertWatch.PERIOD, watch::look));
        });
    Backfill backfill = new Backfill(jdbi, fireStore, settings);
    duty("back-fill", every(backfill.rest(), backfill::run));
    duty(
        "stuck-triggers",
        every(STUCK_AFTER.dividedBy(5), new StuckTriggers(jdbi, STUCK_AFTER)::free));
    duty("prune", new Pruner(jdbi, settings.retention())::step);
  }

  private static String suffix() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  }

  private PeriodicTask duty(String name, PeriodicTask.Step step) {
    Duration follower = Duration.ofMillis(250);
    PeriodicTask task =
        new PeriodicTask(name, health, () -> leadership.held() ? step.run() : follower);
    duties.add(task);
    return task;
  }

  private static PeriodicTask.Step every(Duration rest, Runnable work) {
    return () -> {
      work.run();
      return rest;
    };
  }

  /**
   * For statements that read index entries of deleted rows while a transaction holds an old
   * snapshot: the pause is at least 4 times the run, so that a duty uses at most a fifth of the
   * time.
   */
  private static PeriodicTask.Step paced(Duration rest, Runnable work) {
    return () -> {
      long begun = System.nanoTime();
      work.run();
      Duration wanted = Duration.ofNanos(System.nanoTime() - begun).multipliedBy(4);
      return wanted.compareTo(rest) > 0 ? wanted : rest;
    };
  }

  private static Duration awaitWake(DispatchWake wake, PeriodicTask dispatcher) {
    if (wake.await(WAKE_TIMEOUT)) {
      dispatcher.wake();
      return Duration.ZERO;
    }
    return Redis.PAUSE;
  }

  /**
   * Starts the node. Does not wait for Postgres or Redis: a service that is out is retried in the
   * background.
   */
  public void start() {
    cluster.start();
    triggerSync.start();
    presence.start();
    renewal.start();
    duties.forEach(PeriodicTask::start);
    log.info("scheduler node {} started", node);
  }

  /** Whether this node runs the leader's duties now. */
  public boolean leads() {
    return leadership.held();
  }

  /** What its heartbeats report; the process may add its own parts. */
  public Health health() {
    return health;
  }

  /** Its name with a suffix for this start, as in {@code fires.node} and {@code leader.node}. */
  public String node() {
    return node;
  }

  /**
   * Finishes the fires and duties in progress and resigns, so that another node leads at once.
   * Returns within 15 s even if Postgres does not answer.
   */
  @Override
  public void close() {
    triggerSync.stop();
    presence.stop();
    renewal.stop();
    duties.forEach(PeriodicTask::stop);
    long until = System.nanoTime() + LONGEST_STOP.toNanos();
    Bounded.run("Quartz", LONGEST_STOP, cluster::close);
    List<PeriodicTask> tasks = new ArrayList<>(duties);
    tasks.addAll(List.of(triggerSync, presence, renewal));
    tasks.forEach(task -> task.join(Duration.ofNanos(until - System.nanoTime())));
    // without these the lease and the heartbeat end by their own time
    Bounded.run("resigning the leader's lease", RESIGN_TIMEOUT, leadership::resign);
    Bounded.run("removing the node's row", RESIGN_TIMEOUT, heartbeat::leave);
    log.info("scheduler node {} stopped", node);
  }
}
