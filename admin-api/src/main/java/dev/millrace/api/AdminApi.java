package dev.millrace.api;

import dev.millrace.MillraceException;
import dev.millrace.Threads;
import dev.millrace.api.access.AccessRules;
import dev.millrace.api.access.AdminKey;
import dev.millrace.api.access.Cors;
import dev.millrace.api.account.PasswordHashes;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.description.DescriptionRoute;
import dev.millrace.api.events.EventRoutes;
import dev.millrace.api.health.HealthRoutes;
import dev.millrace.api.ingestion.IngestionRoutes;
import dev.millrace.api.ingestion.MappingRoutes;
import dev.millrace.api.ingestion.SyncHistoryRoutes;
import dev.millrace.api.jobs.BulkRoutes;
import dev.millrace.api.jobs.EnqueueRoutes;
import dev.millrace.api.jobs.JobCompletionWaiter;
import dev.millrace.api.jobs.JobRoutes;
import dev.millrace.api.jobs.PauseRoutes;
import dev.millrace.api.page.PageRoutes;
import dev.millrace.api.problem.AnswerHeaders;
import dev.millrace.api.problem.ExhaustedResources;
import dev.millrace.api.problem.ProblemAnswers;
import dev.millrace.api.problem.RefusedByJetty;
import dev.millrace.api.request.BodyBudget;
import dev.millrace.api.request.IdempotencyKeys;
import dev.millrace.api.request.Query;
import dev.millrace.api.server.Connections;
import dev.millrace.api.server.FrontHandler;
import dev.millrace.api.server.RequestTimes;
import dev.millrace.api.stats.CacheRoutes;
import dev.millrace.api.stats.EnqueueStats;
import dev.millrace.api.stats.FlagRoutes;
import dev.millrace.api.stats.StatsRoutes;
import dev.millrace.api.status.StatusRoutes;
import dev.millrace.api.throughput.ThroughputRoutes;
import dev.millrace.api.views.ViewRoutes;
import dev.millrace.api.workers.RunOnce;
import dev.millrace.api.workers.ScheduleProfiles;
import dev.millrace.api.workers.WorkerRoutes;
import dev.millrace.health.Health;
import dev.millrace.job.NewJob;
import dev.millrace.job.read.Jobs;
import dev.millrace.job.read.Kinds;
import dev.millrace.job.read.WorkerRuns;
import dev.millrace.json.Json;
import dev.millrace.mv.ViewRegistry;
import dev.millrace.mv.Views;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.JobControl;
import dev.millrace.queue.Pauses;
import dev.millrace.queue.QueueClient;
import dev.millrace.redis.Redis;
import dev.millrace.schedule.BackgroundWorkerEdits;
import dev.millrace.schedule.BackgroundWorkers;
import dev.millrace.stats.CacheOutbox;
import dev.millrace.stats.Flags;
import dev.millrace.stats.LegacyStats;
import dev.millrace.stats.StatsGroups;
import dev.millrace.stats.StatsJobs;
import dev.millrace.stats.StatsQueue;
import dev.millrace.stats.StatsSettings;
import dev.millrace.status.Reasons;
import dev.millrace.status.Status;
import dev.millrace.status.StatusReader;
import dev.millrace.throughput.ThroughputReader;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.json.JavalinJackson;
import io.javalin.router.Endpoint;
import io.javalin.router.ParsedEndpoint;
import io.javalin.security.Roles;
import io.javalin.security.RouteRole;
import io.javalin.util.JavalinBindException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jdbi.v3.core.Jdbi;

/** The admin API of one process. Any number of them may serve the same installation. */
public final class AdminApi implements AutoCloseable {
  /** Enough for all requests of a process; one that gets none within five seconds is a 503. */
  public static final int DATABASE_CONNECTIONS = 8;

  /** How long a request in flight may take when the server stops. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

  /** How long an answer waits for the end of a job. */
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

  /** Of those beyond, the one that has been without a request for longest is closed. */
  private static final int MOST_CONNECTIONS = 1_000;

  private final Settings settings;
  private final StatsQueue statsQueue;
  private final StatusRoutes status;
  private final EventRoutes events;
  private final HealthRoutes health;
  private final JobCompletionWaiter ends;
  private final PasswordHashes passwords;

  /** What its own status reports of this process. */
  private final Health troubles = new Health();

  private final Javalin server;

  /**
   * What the API reads and changes. It closes none of them.
   *
   * @param jdbi a pool of 4 connections or more
   */
  public record Parts(Jdbi jdbi, Redis redis, ProgressBoard board, QueueClient client) {}

  /**
   * Where it listens, and to whom.
   *
   * @param host the address to bind, such as {@code 127.0.0.1} or {@code 0.0.0.0}
   * @param port 0: any that is free
   * @param stats where stats jobs go, and what else is known of them
   * @param rules what holds for all callers
   */
  public record Settings(String host, int port, AdminKey key, Stats stats, AccessRules rules) {
    public Settings {
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("port must be 0 to 65535, was " + port);
      }
    }
  }

  /**
   * What the API knows of stats jobs.
   *
   * @param queue where all of them go from its start on, {@code QUEUE_NAME}
   */
  public record Stats(String queue, StatsSettings settings) {
    /** The default queue, all flags on, no legacy address. */
    public static final Stats DEFAULT = new Stats(NewJob.DEFAULT_QUEUE, StatsSettings.DEFAULT);
  }

  /** Builds the server; {@link #start} has it listen. */
  public AdminApi(Parts parts, Settings settings) {
    this.settings = settings;
    troubles.include(parts.client().health());
    this.statsQueue = new StatsQueue(parts.jdbi());
    Jobs jobs = new Jobs(parts.jdbi());
    Kinds kinds = new Kinds(parts.jdbi());
    Reasons reasons = new Reasons(parts.jdbi());
    this.status =
        new StatusRoutes(
            new StatusReader(parts.jdbi(), parts.redis(), parts.board(), troubles)::read,
            parts.jdbi(),
            troubles);
    ExhaustedResources outages = new ExhaustedResources();
    this.health = new HealthRoutes(parts.jdbi(), parts.redis(), outages, troubles);
    this.ends = new JobCompletionWaiter(jobs, REQUEST_TIMEOUT, troubles);
    Views views = new Views(parts.jdbi(), parts.client());
    Accounts accounts = new Accounts(parts, settings, troubles);
    this.passwords = accounts.passwords();
    this.events =
        new EventRoutes(
            status::look,
            parts.jdbi(),
            new EventRoutes.Callers(accounts.gate(), settings.rules().proxies()),
            troubles);
    Audit audit = accounts.audit();
    ViewRoutes viewRoutes =
        new ViewRoutes(views, new ViewRegistry(parts.jdbi()), reasons, ends, audit);
    JobControl control = new JobControl(parts.jdbi(), parts.client());
    IngestionRoutes ingestion = new IngestionRoutes(parts.jdbi(), parts.client(), control, audit);
    SyncHistoryRoutes syncs = new SyncHistoryRoutes(parts.jdbi());
    WorkerRoutes workers =
        new WorkerRoutes(
            new WorkerRoutes.Parts(
                new BackgroundWorkers(parts.jdbi()),
                new BackgroundWorkerEdits(parts.jdbi()),
                new WorkerRuns(parts.jdbi()),
                new ScheduleProfiles(parts.jdbi()),
                new RunOnce(ends, parts.client(), parts.jdbi(), audit),
                reasons,
                audit));
    JobRoutes jobRoutes =
        new JobRoutes(new JobRoutes.Parts(jobs, parts.board(), control, reasons, audit));
    EnqueueRoutes enqueue =
        new EnqueueRoutes(jobs, kinds, parts.client(), new IdempotencyKeys(parts.jdbi()), audit);
    PauseRoutes pauses = new PauseRoutes(new Pauses(parts.jdbi()), audit);
    StatsSettings stats = settings.stats().settings();
    Flags flags = new Flags(parts.jdbi(), stats.flagsOn());
    StatsJobs statsJobs = new StatsJobs(parts.jdbi(), parts.client());
    EnqueueStats enqueueStats =
        new EnqueueStats(
            statsJobs, flags, new LegacyStats(stats), new EnqueueStats.Reads(kinds, jobs), audit);
    this.server =
        Javalin.create(
            config -> {
              configure(config, settings);
              config.routes.before(ctx -> AnswerHeaders.all().forEach(ctx::header));
              ProblemAnswers.addTo(config.routes, outages);
              new BodyBudget(Runtime.getRuntime().maxMemory()).addTo(config.routes);
              Cors.addTo(config.routes, settings.rules().corsOrigins());
              accounts.addTo(config.routes);
              Query.addTo(config.routes);
              new DescriptionRoute().addTo(config.routes);
              new PageRoutes().addTo(config.routes);
              health.addTo(config.routes);
              status.addTo(config.routes);
              new ThroughputRoutes(new ThroughputReader(parts.jdbi())::read).addTo(config.routes);
              events.addTo(config.routes);
              ingestion.addTo(config.routes);
              syncs.addTo(config.routes);
              new MappingRoutes(parts.jdbi(), audit).addTo(config.routes);
              workers.addTo(config.routes);
              jobRoutes.addTo(config.routes);
              new BulkRoutes(parts.jdbi(), jobs, control, audit).addTo(config.routes);
              viewRoutes.addTo(config.routes);
              enqueue.addTo(config.routes);
              pauses.addTo(config.routes);
              enqueueStats.addTo(config.routes);
              new FlagRoutes(flags, audit).addTo(config.routes);
              new StatsRoutes(new StatsGroups(parts.jdbi()), statsJobs, jobs, audit)
                  .addTo(config.routes);
              new CacheRoutes(new CacheOutbox(parts.jdbi()), audit).addTo(config.routes);
            });
  }

  private static void configure(JavalinConfig config, Settings settings) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.concurrency.useVirtualThreads = Threads.areVirtual();
    if (!Threads.areVirtual()) {
      config.jetty.threadPool = new QueuedThreadPool(FrontHandler.THREADS);
    }
    config.http.prefer405over404 = true;
    config.requestLogger.http(RequestTimes::add);
    config.jsonMapper(new JavalinJackson(Json.mapper(), false));
    config.jetty.host = settings.host();
    config.jetty.port = settings.port();
    config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
    config.jetty.modifyServer(
        jetty -> {
          jetty.setStopTimeout(STOP_TIMEOUT.toMillis());
          jetty.setErrorHandler(new RefusedByJetty());
          Connections connections = new Connections(jetty, MOST_CONNECTIONS);
          jetty.setHandler(new FrontHandler(connections));
          jetty.addBean(connections);
        });
  }

  /**
   * Records the queue of stats jobs and starts to listen.
   *
   * @throws MillraceException when the address is taken
   */
  public AdminApi start() {
    try {
      statsQueue.set(settings.stats().queue());
      server.start();
      return this;
    } catch (JavalinBindException e) {
      close();
      throw new MillraceException(
          "cannot listen on " + settings.host() + ":" + settings.port() + ": the address is taken",
          e);
    }
  }

  /** Every route, as {@code METHOD path}, and what its caller needs. */
  Map<String, Set<RouteRole>> permissions() {
    Map<String, Set<RouteRole>> permissions = new TreeMap<>();
    for (ParsedEndpoint parsed : server.unsafe.internalRouter.allHttpHandlers()) {
      Endpoint route = parsed.endpoint;
      Roles roles = route.metadata(Roles.class);
      if (route.method.isHttpMethod()) {
        permissions.put(
            route.method + " " + route.path, roles == null ? Set.of() : roles.getRoles());
      }
    }
    return permissions;
  }

  /** How many calls wait for the end of a job. */
  int waiting() {
    return ends.waiting();
  }

  /** The troubles that its status reports of this process; the process may add its own. */
  public Health troubles() {
    return troubles;
  }

  /**
   * The installation as the newest status has it, at most about a second old while Postgres
   * answers.
   *
   * @throws dev.millrace.api.problem.ProblemException when it has never been read
   */
  public Status installation() {
    return status.installation();
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  /** Takes no more requests, lets those in flight end for up to ten seconds, and stops. */
  @Override
  public void close() {
    health.stopping();
    ends.close();
    events.close();
    server.stop();
    passwords.close();
    status.close();
    health.close();
  }
}
