package dev.millrace.app.process;

import dev.millrace.alert.Alerts;
import dev.millrace.api.AdminApi;
import dev.millrace.api.access.AdminKey;
import dev.millrace.app.config.Config;
import dev.millrace.app.config.Secret;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.metrics.InstallationMeters;
import dev.millrace.app.metrics.MetricsServer;
import dev.millrace.app.metrics.ProcessMeters;
import dev.millrace.db.HandlerPool;
import dev.millrace.db.Seed;
import dev.millrace.health.Health;
import dev.millrace.health.PeriodicTask;
import dev.millrace.http.SharedLimiter;
import dev.millrace.job.NewJob;
import dev.millrace.mv.job.RefreshLog;
import dev.millrace.queue.Leases;
import dev.millrace.schedule.SyncHours;
import dev.millrace.scheduler.Scheduler;
import dev.millrace.scheduler.SchedulerSettings;
import dev.millrace.scheduler.SchedulerWatch;
import dev.millrace.scheduler.ViewDuties;
import dev.millrace.sheet.SheetLimits;
import dev.millrace.sheet.SheetSource;
import dev.millrace.sheet.google.GoogleSettings;
import dev.millrace.sheet.google.GoogleSheets;
import dev.millrace.sheet.google.ServiceAccountKey;
import dev.millrace.status.Status;
import dev.millrace.worker.Handlers;
import dev.millrace.worker.QueueWorker;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running roles of one process. */
final class Roles implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Roles.class);

  /** How long running jobs may run after a stop request. */
  private static final Duration DRAIN = Duration.ofSeconds(25);

  private static final int LEFT_TO_JOBS = 2;

  /** How often the sums of refreshes are printed. */
  private static final Duration SUMS = Duration.ofMinutes(1);

  private final CloseStack closeStack = new CloseStack();
  private final Config config;
  private final ProcessContext context;
  private final Health process;
  private Optional<URI> address = Optional.empty();
  private Optional<Secret> adminKey = Optional.empty();

  /** Of all roles together. */
  private final Health health = new Health();

  private Optional<Supplier<Status>> installation = Optional.empty();

  private Roles(Node.Plan plan, ProcessContext context, Health process) {
    this.config = plan.config();
    this.context = context;
    this.process = process;
    health.include(process);
    try {
      for (Role role : plan.roles().stream().sorted().toList()) {
        switch (role) {
          case SCHEDULER -> startScheduler(plan);
          case WORKER -> startWorkers(plan);
          case API -> startApi(plan.dataDir());
        }
      }
      if (!plan.roles().equals(EnumSet.of(Role.SCHEDULER))) {
        config.features().alerts().ifPresent(this::watchScheduler);
      }
    } catch (RuntimeException e) {
      closeStack.close();
      throw e;
    }
  }

  /**
   * Starts them.
   *
   * @param process troubles of the process, which one of the roles reports
   */
  static Roles start(Node.Plan plan, ProcessContext context, Health process) {
    return new Roles(plan, context, process);
  }

  /** How many connections the roles of a plan use at most, to either service. */
  static int connections(Node.Plan plan) {
    return plan.roles().stream()
        .mapToInt(
            role ->
                switch (role) {
                  case SCHEDULER -> Scheduler.DATABASE_CONNECTIONS;
                  case WORKER -> queues(plan).size() * QueueWorker.DATABASE_CONNECTIONS;
                  case API -> AdminApi.DATABASE_CONNECTIONS;
                })
        .sum();
  }

  /**
   * The most connections that handlers use: one for each running job; the functions of stats groups
   * use the rest but two, which are left to other jobs.
   */
  static int handlerConnections(Node.Plan plan) {
    if (!plan.roles().contains(Role.WORKER)) {
      return 0;
    }
    int jobs = queues(plan).size() * plan.config().worker().concurrency();
    int functions = plan.config().features().stats().parallel();
    return Math.max(jobs, functions) + LEFT_TO_JOBS;
  }

  private void startScheduler(Node.Plan plan) {
    if (config.features().sync().masterSheet().isPresent()) {
      List<String> added = context.jdbi().inTransaction(Seed.SYNC::addTo);
      added.forEach(row -> log.info("added {}, because MASTER_SHEET_URL is set", row));
    }
    List<String> missing = context.jdbi().inTransaction(Seed::addMissing);
    missing.forEach(
        row ->
            log.warn("{} was missing and is made again; to stop a worker, disable its row", row));
    registerRefreshFunctions();
    SyncHours hours = new SyncHours(config.features().sync().intervalHours());
    Scheduler scheduler =
        new Scheduler(
            new Scheduler.Parts(
                context.database(),
                context.redis(),
                context.locks(),
                config.worker().id(),
                SchedulerSettings.DEFAULT
                    .withSync(hours, config.features().sync().redisPrefix())
                    .withAudit(config.http().keepAudit())),
            new ViewDuties(
                config.features().views().maxWorkers(), config.features().views().configured()),
            config.features().alerts());
    if (plan.roles().equals(EnumSet.of(Role.SCHEDULER))) {
      scheduler.health().include(process);
    }
    health.include(scheduler.health());
    closeStack.add("scheduler", scheduler);
    scheduler.start();
  }

  /** A registry that is locked now is left for the next start, or for {@code migrate}. */
  private void registerRefreshFunctions() {
    try {
      context.jdbi().inTransaction(RefreshFunctions::register).forEach(log::info);
    } catch (JdbiException e) {
      log.warn("functions that refresh views are not looked for: {}", e.getMessage());
    }
  }

  /**
   * A process with all roles also serves the default queue, so that no kind is left without a
   * worker.
   */
  private static Set<String> queues(Node.Plan plan) {
    String configured = plan.config().worker().queue();
    boolean alone = plan.roles().containsAll(EnumSet.allOf(Role.class));
    return alone
        ? new LinkedHashSet<>(List.of(configured, NewJob.DEFAULT_QUEUE))
        : Set.of(configured);
  }

  private void startWorkers(Node.Plan plan) {
    HandlerPool pool =
        closeStack.add(
            "the handlers' pool", context.database().handlerPool(handlerConnections(plan)));
    RefreshLog refreshes = new RefreshLog();
    Handlers handlers =
        RunnableKinds.of(
            plan,
            new RunnableKinds.Connections(context.jdbi(), pool.jdbi()),
            sheetServices(),
            refreshes);
    List<QueueWorker> workers =
        queues(plan).stream().map(queue -> worker(queue, handlers, pool)).toList();
    if (!plan.roles().contains(Role.API)) {
      workers.get(0).health().include(process);
    }
    workers.forEach(worker -> health.include(worker.health()));
    closeStack.add("queue workers", () -> closeTogether(workers));
    workers.forEach(QueueWorker::start);
    PeriodicTask sums =
        closeStack.add(
            "the sums of refreshes",
            new PeriodicTask("refresh-sums", process, SUMS, refreshes::printSums));
    sums.start();
  }

  private void watchScheduler(Alerts.Settings alerts) {
    SchedulerWatch watch = new SchedulerWatch(context.jdbi(), context.jobs(), alerts);
    PeriodicTask task =
        closeStack.add(
            "the watch over the scheduler",
            new PeriodicTask("scheduler-watch", process, SchedulerWatch.PERIOD, watch::look));
    task.start();
  }

  private List<SheetSource> sheetServices() {
    Optional<GoogleSettings> google = config.features().sync().google();
    if (google.isEmpty()) {
      return List.of();
    }
    ServiceAccountKey key = google.get().key();
    log.info("Google sheets are read as {}", key.email());
    key.exposed().ifPresent(log::warn);
    SharedLimiter limiter =
        new SharedLimiter(
            context.redis(),
            "google",
            GoogleSheets.quotas(key),
            SharedLimiter.workers(context.jdbi()));
    GoogleSheets sheets = new GoogleSheets(google.get(), SheetLimits.DEFAULT, limiter);
    return List.of(closeStack.add("Google sheets", sheets));
  }

  /** Drains all of them at the same time. */
  private static void closeTogether(List<QueueWorker> workers) {
    CompletableFuture.allOf(
            workers.stream()
                .map(
                    worker ->
                        CompletableFuture.runAsync(
                            worker::close, task -> new Thread(task, "stop").start()))
                .toArray(CompletableFuture<?>[]::new))
        .join();
  }

  private QueueWorker worker(String queue, Handlers handlers, HandlerPool pool) {
    Config.Worker settings = config.worker();
    String name = queue.equals(settings.queue()) ? settings.id() : settings.id() + "-" + queue;
    return new QueueWorker(
        new QueueWorker.Settings(
            name, queue, settings.concurrency(), DRAIN, Leases.LEASE, settings.release()),
        new QueueWorker.Services(
            context.jdbi(),
            pool.jdbi(),
            context.ready(),
            context.results(),
            context.locks(),
            context.board()),
        handlers);
  }

  private void startApi(DataDir dataDir) {
    Config.Http http = config.http();
    Secret key = http.adminKey().orElseGet(() -> dataDir.adminKey().readOrMake());
    AdminApi api =
        new AdminApi(
            new AdminApi.Parts(context.jdbi(), context.redis(), context.board(), context.jobs()),
            new AdminApi.Settings(
                http.host(),
                http.port(),
                AdminKey.of(key.value()),
                new AdminApi.Stats(config.worker().queue(), config.features().stats().settings()),
                http.rules()));
    api.troubles().include(process); // it can also report that Postgres is out
    health.include(api.troubles());
    installation = Optional.of(api::installation);
    api.start();
    closeStack.add("API", api);
    address = Optional.of(reachable(http.host(), api.port()));
    adminKey = Optional.of(key);
    log.info(
        "API answers at {}, its key is in {}",
        address.get(),
        http.adminKey().isPresent() ? "MILLRACE_ADMIN_KEY" : dataDir.adminKey().path());
  }

  private static URI reachable(String host, int port) {
    String name = host.equals("0.0.0.0") ? Config.DEFAULT_HOST : host;
    return URI.create("http://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + port);
  }

  URI address() {
    return address.orElseThrow();
  }

  Secret adminKey() {
    return adminKey.orElseThrow();
  }

  /**
   * Adds the figures of the roles to the metrics of their process.
   *
   * @param name of the process
   */
  void measure(MetricsServer metrics, String name) {
    ProcessMeters.of(name, health).forEach(metrics::add);
    installation.ifPresent(
        source -> {
          InstallationMeters meters = new InstallationMeters(source);
          metrics.add(meters);
          metrics.beforeAnswers(meters::update);
        });
  }

  @Override
  public void close() {
    closeStack.close();
  }
}
