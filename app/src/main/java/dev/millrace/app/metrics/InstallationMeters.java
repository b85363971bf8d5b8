package dev.millrace.app.metrics;

import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.status.SchedulerStatus;
import dev.millrace.status.Status;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The figures of the whole installation, as the status has them. Each API process answers with all
 * of them; a rule takes the {@code max} over the processes. While the status cannot be read, {@code
 * millrace.status.readable} is 0 and there are no others.
 */
public final class InstallationMeters implements MeterBinder {
  private static final Logger log = LoggerFactory.getLogger(InstallationMeters.class);

  private static final String READABLE = "millrace.status.readable";

  /** Of a name that has more rows than this, the first are shown. */
  private static final int MOST_ROWS = 1_000;

  private final Supplier<Status> source;
  private final Map<Figure, MultiGauge> gauges = new LinkedHashMap<>();
  private volatile boolean readable;

  /** One name, its label or labels, and where its rows come from. */
  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  private enum Figure {
    JOBS("millrace.jobs", "Jobs by state; counting stops at 10,000", InstallationMeters::jobs),
    QUEUE_WORKERS(
        "millrace.queue.workers", "Queue workers by queue and state", InstallationMeters::workers),
    UNSERVED(
        "millrace.unserved.kinds",
        "Kinds of jobs that wait where no queue worker runs them, by queue",
        InstallationMeters::unserved),
    VIEW_LAG(
        "millrace.view.lag.seconds",
        "For how long a change has been missing in a view; 0: none is",
        InstallationMeters::lags),
    VIEW_STATUS(
        "millrace.view.status",
        "1 for how fresh a view is: fresh, due, late, blocked, failed or never",
        InstallationMeters::freshness),
    SUPPLIERS(
        "millrace.suppliers",
        "Suppliers by how their last sync ended",
        InstallationMeters::suppliers),
    LAST_SYNC(
        "millrace.sync.last.success.timestamp.seconds",
        "When the last master sync that completed did",
        InstallationMeters::lastSync),
    FAILURES(
        "millrace.background.worker.failures",
        "Runs of a background worker that failed in a row",
        InstallationMeters::failures),
    ENABLED(
        "millrace.background.worker.enabled",
        "1: the background worker is switched on",
        InstallationMeters::enabled),
    NEXT_RUN(
        "millrace.background.worker.next.run.timestamp.seconds",
        "The next slot of a background worker",
        InstallationMeters::nextRuns),
    SCHEDULER_NODES(
        "millrace.scheduler.nodes", "Scheduler nodes by state", InstallationMeters::nodes),
    SCHEDULER_LEADERS(
        "millrace.scheduler.leaders", "1: a scheduler leads", InstallationMeters::leaders),
    SLOTS_LATE(
        "millrace.scheduler.late.seconds",
        "For how long the oldest slot that was not fired has been due",
        InstallationMeters::late);

    private final String meter;
    private final String description;
    private final Function<Status, List<Row<?>>> rows;

    Figure(String meter, String description, Function<Status, List<Row<?>>> rows) {
      this.meter = meter;
      this.description = description;
      this.rows = rows;
    }
  }

  /**
   * The figures over a source of statuses.
   *
   * @param source throws when there is none
   */
  public InstallationMeters(Supplier<Status> source) {
    this.source = source;
  }

  /** Their names in Micrometer, such as {@code millrace.view.lag.seconds}. */
  static List<String> names() {
    return Stream.concat(
            Stream.of(READABLE), Arrays.stream(Figure.values()).map(figure -> figure.meter))
        .toList();
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder(READABLE, () -> readable ? 1 : 0)
        .description("1: this API process can read the status of the installation")
        .register(registry);
    for (Figure figure : Figure.values()) {
      gauges.put(
          figure,
          MultiGauge.builder(figure.meter).description(figure.description).register(registry));
    }
  }

  /** Reads the status, and replaces all rows by what it says. */
  public void update() {
    @Nullable Status status = read();
    readable = status != null;
    gauges.forEach(
        (figure, gauge) ->
            gauge.register(
                status == null
                    ? List.of()
                    : figure.rows.apply(status).stream().limit(MOST_ROWS).toList(),
                true));
  }

  private @Nullable Status read() {
    try {
      return source.get();
    } catch (RuntimeException e) {
      log.debug("the status cannot be read for the metrics", e);
      return null;
    }
  }

  private static Row<?> row(double value, String... labels) {
    return Row.of(Tags.of(labels), value);
  }

  private static List<Row<?>> counted(String label, Map<String, Long> counts) {
    List<Row<?>> rows = new ArrayList<>();
    counts.forEach((value, count) -> rows.add(row((double) count, label, value)));
    return rows;
  }

  private static List<Row<?>> jobs(Status status) {
    if (status.jobs() == null) {
      return List.of();
    }
    return status.jobs().byState().entrySet().stream()
        .<Row<?>>map(state -> row((double) state.getValue(), "state", word(state.getKey())))
        .toList();
  }

  private static List<Row<?>> workers(Status status) {
    record Group(String queue, String state) {}

    return status.queueWorkers().stream()
        .flatMap(worker -> worker.queues().stream().map(queue -> new Group(queue, worker.state())))
        .collect(Collectors.groupingBy(group -> group, Collectors.counting()))
        .entrySet()
        .stream()
        .<Row<?>>map(
            group ->
                row(
                    (double) group.getValue(),
                    "queue",
                    group.getKey().queue(),
                    "state",
                    group.getKey().state()))
        .toList();
  }

  private static List<Row<?>> unserved(Status status) {
    return counted(
        "queue",
        status.unserved().stream()
            .collect(Collectors.groupingBy(lane -> lane.queue(), Collectors.counting())));
  }

  private static List<Row<?>> lags(Status status) {
    return status.views().stream()
        .<Row<?>>map(
            view -> row(seconds(view.missingSince(), status.asOf()), "view", view.viewName()))
        .toList();
  }

  private static List<Row<?>> freshness(Status status) {
    return status.views().stream()
        .filter(view -> view.status() != null)
        .<Row<?>>map(
            view -> row(1, "view", view.viewName(), "status", word(String.valueOf(view.status()))))
        .toList();
  }

  private static List<Row<?>> suppliers(Status status) {
    if (status.ingestion() == null) {
      return List.of();
    }
    return counted(
        "status",
        status.ingestion().suppliers().stream()
            .collect(
                Collectors.groupingBy(
                    supplier -> supplier.enabled() ? supplier.status() : "disabled",
                    Collectors.counting())));
  }

  private static List<Row<?>> lastSync(Status status) {
    @Nullable Instant last = status.ingestion() == null ? null : status.ingestion().lastSyncAt();
    return last == null ? List.of() : List.of(row(epoch(last)));
  }

  private static List<Row<?>> failures(Status status) {
    return ofWorkers(status, worker -> (double) worker.runsErrorInRow());
  }

  private static List<Row<?>> enabled(Status status) {
    return ofWorkers(status, worker -> worker.enabled() ? 1.0 : 0.0);
  }

  private static List<Row<?>> nextRuns(Status status) {
    return ofWorkers(
        status, worker -> worker.nextRunAt() == null ? null : epoch(worker.nextRunAt()));
  }

  private static List<Row<?>> ofWorkers(
      Status status, Function<BackgroundWorker, @Nullable Double> value) {
    List<Row<?>> rows = new ArrayList<>();
    for (BackgroundWorker worker : status.backgroundWorkers()) {
      @Nullable Double found = value.apply(worker);
      if (found != null) {
        rows.add(row(found, "worker", worker.workerName()));
      }
    }
    return rows;
  }

  private static List<Row<?>> nodes(Status status) {
    @Nullable SchedulerStatus scheduler = status.scheduler();
    if (scheduler == null) {
      return List.of();
    }
    long missing = scheduler.nodes().stream().filter(SchedulerStatus.Node::missing).count();
    return List.of(
        row(scheduler.nodes().size() - (double) missing, "state", "running"),
        row((double) missing, "state", "missing"));
  }

  private static List<Row<?>> leaders(Status status) {
    @Nullable SchedulerStatus scheduler = status.scheduler();
    return scheduler == null ? List.of() : List.of(row(scheduler.leader() == null ? 0 : 1));
  }

  private static List<Row<?>> late(Status status) {
    @Nullable SchedulerStatus scheduler = status.scheduler();
    return scheduler == null
        ? List.of()
        : List.of(row(seconds(scheduler.lateSince(), status.asOf())));
  }

  private static String word(Object value) {
    return String.valueOf(value).toLowerCase(Locale.ROOT);
  }

  private static double epoch(Instant moment) {
    return moment.toEpochMilli() / 1e3;
  }

  /** From a moment until now; 0 when there is none. */
  private static double seconds(@Nullable Instant since, Instant now) {
    return since == null ? 0 : Math.max(0, Duration.between(since, now).toMillis() / 1e3);
  }
}
