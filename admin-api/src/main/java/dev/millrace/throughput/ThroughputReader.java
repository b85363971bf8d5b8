package dev.millrace.throughput;

import dev.millrace.db.Sql;
import dev.millrace.throughput.Throughput.Ends;
import dev.millrace.throughput.Throughput.KindCounts;
import dev.millrace.throughput.Throughput.KindFailures;
import dev.millrace.throughput.Throughput.Mark;
import dev.millrace.throughput.Throughput.OldestWaiting;
import dev.millrace.throughput.Throughput.Point;
import dev.millrace.throughput.Throughput.Totals;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * Reads what ended in a window of time, as of one moment. What it reads grows with the window and
 * with the number of kinds, not with that of jobs. Thread-safe.
 */
public final class ThroughputReader {
  private static final String LIMITS = Sql.of(ThroughputReader.class, "limits");
  private static final String NOW = Sql.of(ThroughputReader.class, "now");
  private static final String TOTALS = Sql.of(ThroughputReader.class, "totals");
  private static final String SUMS = Sql.of(ThroughputReader.class, "sums");
  private static final String OF_KINDS = Sql.of(ThroughputReader.class, "ofKinds");
  private static final String OLDEST = Sql.of(ThroughputReader.class, "oldest");
  private static final String MARKS = Sql.of(ThroughputReader.class, "marks");

  /** The most kinds with counts of their own, and the most with failures. */
  static final int MOST_KINDS = 12;

  private static final int MOST_MARKS = 50;

  private final Jdbi jdbi;

  public ThroughputReader(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Fails as Jdbi does when Postgres is away or takes more than two seconds for a statement. */
  public Throughput read(TimeWindow window) {
    return jdbi.inTransaction(
        TransactionIsolationLevel.REPEATABLE_READ, handle -> read(handle, window));
  }

  private static Throughput read(Handle handle, TimeWindow window) {
    handle.execute(LIMITS);
    Instant now = handle.createQuery(NOW).mapTo(Instant.class).one();
    Instant from = window.from(now);
    Steps all = new Steps(from, now, window.step());
    handle
        .createQuery(TOTALS)
        .define("table", window.totals().table)
        .bind("from", from)
        .map((row, context) -> Counted.of(row))
        .forEach(counted -> all.of(counted.at()).add(counted));
    Map<String, Tally> sums = sums(handle, window, from);
    Set<String> most = new LinkedHashSet<>(first(sums, tally -> tally.ends().all()));
    List<String> failing = first(sums, tally -> tally.ends().wrong());
    Totals totals = all.total();
    return new Throughput(
        window.text(),
        from,
        now,
        window.step().toSeconds(),
        all.points(),
        totals,
        Histogram.bounds(),
        window.kinds().time.toSeconds(),
        kinds(handle, window, new Range(from, now), most),
        sums.size(),
        failing.stream().map(kind -> failures(kind, sums.get(kind))).toList(),
        handle
            .createQuery(OLDEST)
            .map(ConstructorMapper.of(OldestWaiting.class))
            .findOne()
            .orElse(null),
        handle
            .createQuery(MARKS)
            .bind("from", from)
            .bind("most", MOST_MARKS)
            .map(ConstructorMapper.of(Mark.class))
            .list());
  }

  private record Range(Instant from, Instant until) {}

  /** Of some attempts that ended in the same time, in the same way. */
  private record Counted(
      Instant at, String kind, String outcome, long jobs, List<Long> waits, List<Long> runs) {
    Counted {
      waits = List.copyOf(waits);
      runs = List.copyOf(runs);
    }

    static Counted of(ResultSet row) throws SQLException {
      return new Counted(
          row.getTimestamp("at").toInstant(),
          row.getString("kind"),
          row.getString("outcome"),
          row.getLong("jobs"),
          List.of((Long[]) row.getArray("waits").getArray()),
          List.of((Long[]) row.getArray("runs").getArray()));
    }
  }

  private static Map<String, Tally> sums(Handle handle, TimeWindow window, Instant from) {
    Map<String, Tally> sums = new TreeMap<>();
    handle
        .createQuery(SUMS)
        .define("table", window.kinds().table)
        .bind("from", from)
        .map(
            (row, context) ->
                sums.computeIfAbsent(row.getString("kind"), kind -> new Tally())
                    .add(row.getString("outcome"), row.getLong("jobs")))
        .list();
    return sums;
  }

  /** The kinds with the most of something, most first; none that has nothing of it. */
  private static List<String> first(Map<String, Tally> sums, ToLongFunction<Tally> of) {
    return sums.entrySet().stream()
        .filter(entry -> of.applyAsLong(entry.getValue()) > 0)
        .sorted(
            Comparator.comparingLong(
                    (Map.Entry<String, Tally> entry) -> of.applyAsLong(entry.getValue()))
                .reversed())
        .limit(MOST_KINDS)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static KindFailures failures(String kind, @Nullable Tally tally) {
    Ends ends = tally == null ? Ends.NONE : tally.ends();
    return new KindFailures(kind, ends.failed(), ends.retried(), ends.all());
  }

  private static List<KindCounts> kinds(
      Handle handle, TimeWindow window, Range range, Set<String> kinds) {
    Map<String, Steps> byKind = new TreeMap<>();
    handle
        .createQuery(OF_KINDS)
        .define("table", window.kinds().table)
        .bind("from", range.from())
        .bindArray("kinds", String.class, kinds)
        .map((row, context) -> Counted.of(row))
        .forEach(
            counted ->
                byKind
                    .computeIfAbsent(
                        counted.kind(),
                        kind -> new Steps(range.from(), range.until(), window.kinds().time))
                    .of(counted.at())
                    .add(counted));
    return kinds.stream()
        .filter(byKind::containsKey)
        .map(kind -> Objects.requireNonNull(byKind.get(kind)).counts(kind))
        .toList();
  }

  /** What ended in one step, or in all of them. */
  private static final class Tally {
    private long completed;
    private long failed;
    private long retried;
    private long cancelled;
    private final Histogram waits = new Histogram();
    private final Histogram runs = new Histogram();

    Tally add(String outcome, long jobs) {
      switch (outcome) {
        case "completed" -> completed += jobs;
        case "failed" -> failed += jobs;
        case "retried" -> retried += jobs;
        case "cancelled" -> cancelled += jobs;
        default -> throw new IllegalStateException("unknown outcome '" + outcome + "'");
      }
      return this;
    }

    void add(Counted counted) {
      add(counted.outcome(), counted.jobs());
      waits.add(counted.waits());
      runs.add(counted.runs());
    }

    Ends ends() {
      return new Ends(completed, failed, retried, cancelled);
    }
  }

  /** A window cut into equal steps, without gaps. */
  private static final class Steps {
    private final Instant from;
    private final Duration step;
    private final List<Tally> tallies = new ArrayList<>();
    private final Tally total = new Tally();

    Steps(Instant from, Instant until, Duration step) {
      this.from = from;
      this.step = step;
      long steps = Duration.between(from, until).dividedBy(step) + 1;
      Stream.generate(Tally::new).limit(steps).forEach(tallies::add);
    }

    /** Where counts of a time are added; a time after the last step belongs to it. */
    Collector of(Instant at) {
      int place = (int) Math.min(tallies.size() - 1, Duration.between(from, at).dividedBy(step));
      return counted -> {
        tallies.get(place).add(counted);
        total.add(counted);
      };
    }

    interface Collector {
      void add(Counted counted);
    }

    List<Point> points() {
      List<Point> points = new ArrayList<>(tallies.size());
      for (int i = 0; i < tallies.size(); i++) {
        Tally tally = tallies.get(i);
        points.add(
            new Point(
                from.plus(step.multipliedBy(i)),
                tally.ends(),
                tally.waits.quantiles(),
                tally.runs.quantiles()));
      }
      return points;
    }

    Totals total() {
      return new Totals(
          total.ends(),
          total.waits.quantiles(),
          total.runs.quantiles(),
          total.waits.counts(),
          total.runs.counts());
    }

    KindCounts counts(String kind) {
      return new KindCounts(
          kind,
          total.ends(),
          Objects.requireNonNull(total.waits.quantiles()),
          Objects.requireNonNull(total.runs.quantiles()),
          tallies.stream().map(tally -> tally.ends().all()).toList());
    }
  }
}
