package dev.millrace.mv;

import dev.millrace.db.Sql;
import dev.millrace.job.Enqueued;
import dev.millrace.queue.JobClient;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's duty that turns requests into refreshes. Harmless when two leaders do it at once.
 * Not thread-safe: one thread calls {@link #run}.
 */
public final class MvDebouncer {
  /** How many refreshes run at once, unless the program says otherwise. */
  public static final int AT_ONCE = 3;

  private static final Logger log = LoggerFactory.getLogger(MvDebouncer.class);
  private static final String RESOLVE = "SELECT millrace.resolve_views(?)";
  private static final String ASK_FOR_EMPTY = Sql.of(MvDebouncer.class, "askForEmpty");
  private static final String TIDY = "SELECT millrace.take_bells_down()";
  private static final String LOOK = "SELECT millrace.poll_counters(), millrace.adopt_requests()";
  private static final String ENQUEUE_DUE = Sql.of(MvDebouncer.class, "enqueueDue");
  private static final Duration NAMES = Duration.ofSeconds(10);
  private static final Duration EDGES = Duration.ofSeconds(60);
  private static final Duration BELLS = Duration.ofSeconds(60);
  private static final Duration STATISTICS = Duration.ofSeconds(60);

  private final Jdbi jdbi;
  private final JobClient client;
  private final Views views;
  private final int atOnce;
  private final Pace names = new Pace(NAMES, true);
  private final Pace edges = new Pace(EDGES, true);
  private final Pace bells = new Pace(BELLS, true);
  private final Pace statistics = new Pace(STATISTICS, false);

  /**
   * A debouncer over one installation.
   *
   * @param atOnce how many refreshes run at once over all queue workers, at least 1
   */
  public MvDebouncer(Jdbi jdbi, JobClient client, int atOnce) {
    this.jdbi = jdbi;
    this.client = client;
    this.views = new Views(jdbi, client);
    this.atOnce = atOnce;
  }

  /** A row of enqueueDue.sql. */
  record Due(String viewName, long jobId, boolean created) {}

  /**
   * One step, to be taken about once a second: looks at bells, counters and requests, and enqueues
   * a refresh of each view that is due: all of these together, or none.
   *
   * @return how many were enqueued
   */
  public int run() {
    List<Due> due =
        jdbi.withHandle(
            handle -> {
              if (names.due()) {
                handle.select(RESOLVE, edges.due()).mapTo(String.class).findOne();
                handle.execute(ASK_FOR_EMPTY);
              }
              if (bells.due()) {
                handle.select(TIDY).mapTo(String.class).findOne();
              }
              handle.select(LOOK).mapTo(Long.class).one();
              return handle
                  .createQuery(ENQUEUE_DUE)
                  .bind("atOnce", atOnce)
                  .map(ConstructorMapper.of(Due.class))
                  .list();
            });
    client.announceAll(
        due.stream().map(each -> Views.job(each.viewName())).toList(),
        due.stream().map(each -> new Enqueued(each.jobId(), each.created())).toList());
    if (statistics.due()) {
      log.info("materialized views: {}", views.statistics());
    }
    return due.size();
  }

  /** Says now and then that it is time. */
  private static final class Pace {
    private final Duration period;
    private long last;

    Pace(Duration period, boolean atOnce) {
      this.period = period;
      this.last = System.nanoTime() - (atOnce ? period.toNanos() : 0);
    }

    boolean due() {
      long now = System.nanoTime();
      if (now - last < period.toNanos()) {
        return false;
      }
      last = now;
      return true;
    }
  }
}
