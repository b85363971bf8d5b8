package dev.millrace.scheduler;

import dev.millrace.alert.Alerts;
import dev.millrace.alert.Alerts.Condition;
import dev.millrace.db.Sql;
import dev.millrace.job.NewJob;
import dev.millrace.queue.QueueClient;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fires the alert that no scheduler is there: a duty of API processes and queue workers, since the
 * leader cannot do it. Meanwhile it has the alerts delivered whose retries are due, which is the
 * leader's work otherwise. The leader resolves the alert. For one thread.
 */
public final class SchedulerWatch {
  /** How often it is to look. */
  public static final Duration PERIOD = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(SchedulerWatch.class);
  private static final String LOOK = Sql.of(SchedulerWatch.class, "look");
  private static final String PROMOTE = Sql.of(SchedulerWatch.class, "promote");

  private final Jdbi jdbi;
  private final QueueClient client;
  private final Alerts alerts;
  private final Duration fireAfter;

  /** When a look first found none, by this process' clock; null: the last look found one. */
  private @Nullable Long absentSince;

  public SchedulerWatch(Jdbi jdbi, QueueClient client, Alerts.Settings settings) {
    this.jdbi = jdbi;
    this.client = client;
    this.alerts = new Alerts(jdbi, client);
    this.fireAfter = settings.fireAfter();
  }

  private record Look(boolean absent, @Nullable OffsetDateTime lastCheckIn) {}

  /**
   * One look. Check-ins are old after an outage of Postgres as well, so it fires only when this
   * process has seen none for a time without such an outage in between.
   */
  public void look() {
    Long since = absentSince;
    absentSince = null; // a look that fails begins anew
    Look look =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(LOOK)
                    .map(
                        (row, context) ->
                            new Look(
                                row.getBoolean("absent"),
                                row.getObject("last_check_in", OffsetDateTime.class)))
                    .one());
    if (!look.absent()) {
      return;
    }
    absentSince = since == null ? Long.valueOf(System.nanoTime()) : since;
    if (System.nanoTime() - absentSince >= fireAfter.toNanos()) {
      alerts.fire(List.of(condition(look)));
      promote();
    }
  }

  private void promote() {
    List<Long> due =
        jdbi.withHandle(handle -> handle.createQuery(PROMOTE).mapTo(Long.class).list());
    due.forEach(id -> client.announce(NewJob.of(Alerts.KIND, "{}"), id));
    if (!due.isEmpty()) {
      log.info("{} deliveries of alerts are due and no scheduler is there: queued", due.size());
    }
  }

  private static Condition condition(Look look) {
    String last =
        look.lastCheckIn() == null
            ? "no scheduler has ever checked in"
            : "no scheduler has checked in since " + look.lastCheckIn().toInstant();
    return Condition.of(
        Alerts.Kind.SCHEDULER_ABSENT,
        "scheduler",
        last + ": schedules, retries, delayed jobs and refreshes of views stand still; start one");
  }
}
