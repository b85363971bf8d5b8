package dev.millrace.mv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writers, refreshes, killed sessions and cancelled statements; at rest every view equals its
 * query.
 */
class ViewDrillTest {
  private static final Logger log = LoggerFactory.getLogger(ViewDrillTest.class);
  private static final int KILLS = 40;
  private static final List<String> VIEWS = List.of("a", "b", "c");

  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong kept = new AtomicLong();

  @Test
  void whatever_is_killed_no_request_is_lost_and_nothing_deadlocks() throws Exception {
    try (MvFixture mv = new MvFixture()) {
      mv.clean();
      for (String view : VIEWS) {
        mv.execute(
            "CREATE MATERIALIZED VIEW public."
                + view
                + " AS SELECT sku, count(*) AS n, count(*) FILTER (WHERE sold) AS sold, min(pg_sleep(0.002)::text) AS s"
                + " FROM public.part GROUP BY 1",
            "CREATE UNIQUE INDEX ON public." + view + " (sku)");
        mv.watched(view, "20 milliseconds", "100 milliseconds");
      }
      mv.execute(
          "CREATE MATERIALIZED VIEW public.total AS SELECT sum(sold)::bigint AS sold FROM public.a",
          "CREATE UNIQUE INDEX ON public.total (sold)",
          "SELECT millrace.register_view('total')");
      long deadlocks = deadlocks(mv);
      List<Thread> others = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Random random = new Random(i);
        others.add(new Thread(() -> write(mv, random)));
      }
      others.add(new Thread(() -> read(mv)));
      others.forEach(Thread::start);

      Random random = new Random(7);
      int hits = 0;
      for (int tries = 0; hits < KILLS && tries < 4_000; tries++) {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(40));
        hurry(mv);
        String how = random.nextBoolean() ? "pg_terminate_backend" : "pg_cancel_backend";
        hits +=
            (int)
                mv.millrace.count(
                    "SELECT count(*) FILTER (WHERE done) FROM (SELECT "
                        + how
                        + "(pid) AS done FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND query LIKE 'REFRESH MATERIALIZED%' AND state = 'active' LIMIT 1) hit");
      }
      stop.set(true);
      for (Thread other : others) {
        other.join();
      }
      hurry(mv);
      for (String view : VIEWS) {
        mv.fresh(view);
        assertThat(missing(mv, view)).as(view).isZero();
      }
      mv.fresh("total");
      assertThat(
              mv.millrace.count(
                  "SELECT sold - (SELECT count(*) FROM part WHERE sold) FROM public.total"))
          .isZero();
      assertThat(hits).isEqualTo(KILLS);
      assertThat(deadlocks(mv) - deadlocks).isZero();
      assertThat(kept.get()).as("readers that waited for a lock").isZero();
      assertThat(mv.refreshes("a")).isPositive();
    }
  }

  /** What was killed is tried again after a back-off; the drill does not wait for it. */
  private static void hurry(MvFixture mv) {
    mv.execute(
        "UPDATE millrace.mv_state SET last_failure_at = last_failure_at - interval '1 hour' WHERE failures_in_row > 0",
        "UPDATE millrace.jobs SET run_at = clock_timestamp() WHERE state = 'scheduled' AND run_at > clock_timestamp()");
  }

  private static long missing(MvFixture mv, String view) {
    return mv.millrace.count(
        "SELECT count(*) FROM (SELECT sku, count(*), count(*) FILTER (WHERE sold) FROM public.part GROUP BY 1"
            + " EXCEPT SELECT sku, n, sold FROM public."
            + view
            + ") missing");
  }

  private static long deadlocks(MvFixture mv) {
    return mv.millrace.count(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
  }

  private void write(MvFixture mv, Random random) {
    while (!stop.get()) {
      mv.millrace.jdbi.useTransaction(
          handle -> {
            handle.execute(
                "UPDATE public.part SET sold = NOT sold WHERE id = ?", 1 + random.nextInt(100));
            handle.execute("SELECT pg_sleep(?)", random.nextInt(50) / 1000.0);
            if (random.nextInt(5) == 0) {
              handle.rollback();
            }
          });
    }
  }

  /** A reader that is kept waiting for a lock fails, however slow the machine is. */
  private void read(MvFixture mv) {
    while (!stop.get()) {
      try {
        mv.millrace.jdbi.useTransaction(
            handle -> {
              handle.execute("SET LOCAL lock_timeout = '100ms'");
              for (String view : VIEWS) {
                handle.select("SELECT count(*) FROM public." + view).mapTo(Long.class).one();
              }
            });
      } catch (JdbiException e) {
        kept.incrementAndGet();
        log.error("a reader failed", e);
      }
    }
  }
}
