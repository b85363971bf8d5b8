package dev.millrace.drills.testbed;

import dev.millrace.db.Database;
import dev.millrace.db.Sql;
import dev.millrace.drills.DrillReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * A table with three views that watch it and one that reads the first of these, people who write to
 * it, and people who read the views.
 */
public final class ViewWorkload implements AutoCloseable {
  private static final List<String> VIEWS = List.of("a", "b", "c", "total");
  private static final String SCHEMA = Sql.of(ViewWorkload.class, "schema");
  private static final String HURRY = Sql.of(ViewWorkload.class, "hurry");
  private static final String RUNNING = Sql.of(ViewWorkload.class, "running");
  private static final String AWAITED = Sql.of(ViewWorkload.class, "awaited");
  private static final String UNREST = Sql.of(ViewWorkload.class, "unrest");
  private static final int PARTS = 4_000;
  private static final int READERS = 2;
  private static final double NANOS_PER_MILLI = 1_000_000;

  private final Database database;
  private final Jdbi jdbi;
  private final ReadWriteLock quiet = new ReentrantReadWriteLock(true);
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong hits = new AtomicLong();
  private final AtomicLong kills = new AtomicLong();
  private final AtomicLong freezes = new AtomicLong();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong read = new AtomicLong();
  private final AtomicLong longestRead = new AtomicLong();
  private final List<String> waited = new ArrayList<>();
  private final List<Thread> people = new ArrayList<>();
  private final long size;

  private ViewWorkload(Database database) {
    this.database = database;
    this.jdbi = database.jdbi();
    jdbi.useHandle(handle -> handle.createScript(SCHEMA).execute());
    this.size = size();
  }

  /** Makes the tables and has everybody begin. */
  public static ViewWorkload open(TestBed testBed, long seed, int writers) {
    ViewWorkload plot = new ViewWorkload(testBed.connect("drill views", writers + READERS + 2));
    for (int i = 0; i < writers; i++) {
      Random random = new Random(seed + i);
      plot.begin("writer", () -> plot.write(random));
    }
    for (int i = 0; i < READERS; i++) {
      plot.begin("reader", plot::check);
    }
    return plot;
  }

  private void begin(String name, Runnable work) {
    Thread thread = new Thread(work, "drill-" + name);
    thread.setDaemon(true);
    people.add(thread);
    thread.start();
  }

  /** A change that stays open for a while, and is taken back now and then. */
  private void write(Random random) {
    while (!stop.get()) {
      quiet.readLock().lock();
      try {
        writeOnce(random);
      } finally {
        quiet.readLock().unlock();
      }
    }
  }

  private void writeOnce(Random random) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              "UPDATE public.part SET sold = NOT sold WHERE id = ?", 1 + random.nextInt(PARTS));
          handle.execute("SELECT pg_sleep(?)", pause(random));
          if (random.nextInt(5) == 0) {
            handle.rollback();
          } else {
            written.incrementAndGet();
          }
        });
  }

  /** Seconds; one in four may outlast the leader's look, and the refresh that it asks for. */
  private static double pause(Random random) {
    return random.nextInt(random.nextInt(4) == 0 ? 800 : 120) / 1000.0;
  }

  /** Has something done after the last write has ended and before the next one begins. */
  public void whileWritersRest(Runnable check) {
    quiet.writeLock().lock();
    try {
      check.run();
    } finally {
      quiet.writeLock().unlock();
    }
  }

  /** A look that has to wait 100 ms for a lock fails, however slow the machine is. */
  private void check() {
    while (!stop.get()) {
      long begun = System.nanoTime();
      try {
        jdbi.useTransaction(
            handle -> {
              handle.execute("SET LOCAL lock_timeout = '100ms'");
              VIEWS.forEach(view -> count(handle, "SELECT count(*) FROM public." + view));
            });
        read.incrementAndGet();
        longestRead.accumulateAndGet(System.nanoTime() - begun, Math::max);
      } catch (JdbiException e) {
        synchronized (waited) {
          waited.add(String.valueOf(e.getMessage()));
        }
      }
      Waits.pause(Duration.ofMillis(2));
    }
  }

  /** What was killed is tried again after a back-off; the drill does not wait for it. */
  public void hurry() {
    jdbi.useHandle(handle -> handle.createScript(HURRY).execute());
  }

  /** The server process of a refresh that runs; 0: none does. */
  public long running() {
    return count(RUNNING);
  }

  /**
   * What the process calls itself that a refresh runs for; its sessions for handlers add a word.
   */
  public String client(long pid) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT coalesce(max(regexp_replace(application_name, ' work$', '')), '')"
                        + " FROM pg_stat_activity WHERE pid = ?",
                    pid)
                .mapTo(String.class)
                .one());
  }

  /** Whether a newer attempt of its job waits for the transaction of a refresh. */
  public boolean awaited(long pid) {
    hurry();
    return count(AWAITED, (int) pid) > 0;
  }

  /** Ends a refresh by a function of Postgres; says whether it was still there. */
  public boolean end(long pid, String how) {
    boolean hit =
        count(
                "SELECT count(*) FROM ("
                    + RUNNING
                    + ") running (pid) WHERE pid = ? AND "
                    + how
                    + "(?)",
                pid,
                (int) pid)
            == 1;
    hits.addAndGet(hit ? 1 : 0);
    return hit;
  }

  /** Notes that a queue worker was killed in the midst of a refresh. */
  public void noteKill() {
    hits.incrementAndGet();
    kills.incrementAndGet();
  }

  /** Notes that a queue worker was frozen in the midst of a refresh. */
  public void noteFreeze() {
    hits.incrementAndGet();
    freezes.incrementAndGet();
  }

  public long hits() {
    return hits.get();
  }

  public long refreshes() {
    return count("SELECT count(*) FROM public.mv_refresh_log WHERE status = 'success'");
  }

  /** Everybody goes home. */
  public void stop() {
    stop.set(true);
    for (Thread person : people) {
      try {
        person.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether no change is known to be missing, and none is being put in. */
  public boolean atRest() {
    hurry();
    return unrest().isEmpty();
  }

  /** The views that are not at rest, and why. */
  public String unrest() {
    return jdbi.withHandle(handle -> handle.createQuery(UNREST).mapTo(String.class).one());
  }

  /** Compares each view with its query. */
  public void checkViews(DrillReport report) {
    for (String view : VIEWS) {
      long wrong =
          jdbi.withHandle(
              handle ->
                  count(
                      handle,
                      Sql.of(ViewWorkload.class, "wrong")
                          .replace("$view", view)
                          .replace("$query", query(handle, view))));
      if (wrong > 0) {
        report.violation("views that are not what their query says", view + ": " + wrong + " rows");
      }
    }
  }

  /**
   * Looks at everything else that must hold.
   *
   * @param mostGrowth how many times their first size the views may have
   */
  public void check(DrillReport report, int mostGrowth) {
    long deadlocks =
        count("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    if (deadlocks > 0) {
      report.violation("deadlocks", Long.toString(deadlocks));
    }
    waited.forEach(message -> report.violation("readers that waited for a refresh", message));
    double growth = (double) size() / size;
    if (growth > mostGrowth) {
      report.violation("views that grew", growth + " times");
    }
    report.fact("writes committed", written.get());
    report.fact("reads", read.get());
    report.fact("the longest read, ms", Math.round(longestRead.get() / NANOS_PER_MILLI));
    report.fact("of the hits, queue workers killed", kills.get());
    report.fact("of the hits, queue workers frozen", freezes.get());
    report.fact(
        "refreshes that failed",
        count("SELECT count(*) FROM public.mv_refresh_log WHERE status = 'error'"));
    report.fact("growth of the views", Math.round(growth * 10) / 10.0 + " times");
  }

  private static String query(Handle handle, String view) {
    String text =
        handle
            .select("SELECT pg_get_viewdef(?::regclass)", "public." + view)
            .mapTo(String.class)
            .one()
            .strip();
    return text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
  }

  private long size() {
    return count(
        "SELECT sum(pg_total_relation_size('public.' || v))::bigint FROM unnest(ARRAY['a', 'b', 'c']) v");
  }

  private long count(String sql, Object... args) {
    return jdbi.withHandle(handle -> count(handle, sql, args));
  }

  private static long count(Handle handle, String sql, Object... args) {
    return handle.select(sql, args).mapTo(Long.class).one();
  }

  @Override
  public void close() {
    stop();
    database.close();
  }
}
