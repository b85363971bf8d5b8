package dev.millrace.alert;

import dev.millrace.db.Sql;
import dev.millrace.job.JobClient;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import dev.millrace.json.Json;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The alerts in Postgres: fired and resolved, each with its job. Thread-safe. */
public final class Alerts {
  /** Of the jobs that deliver. */
  public static final String KIND = "alert.deliver";

  private static final Logger log = LoggerFactory.getLogger(Alerts.class);
  private static final String FIRE = Sql.of(Alerts.class, "fire");
  private static final String RESOLVE = Sql.of(Alerts.class, "resolve");
  private static final String FIRING = Sql.of(Alerts.class, "firing");
  private static final String CONDITIONS = Sql.of(Alerts.class, "conditions");

  /** The most alerts of a kind that fire at once; names of queues are the callers' own. */
  static final int MOST_FIRING = 50;

  private static final int PRIORITY = 2;

  private final Jdbi jdbi;
  private final JobClient client;

  public Alerts(Jdbi jdbi, JobClient client) {
    this.jdbi = jdbi;
    this.client = client;
  }

  /** What an alert is about. */
  public enum Kind {
    /** The last sync of the master sheet failed. */
    SYNC_FAILED,
    /** The last syncs of a supplier all failed. */
    SUPPLIER_FAILING,
    /** A materialized view is not as fresh as it should be, or its refreshes fail. */
    VIEW_LATE,
    /** The last runs of a background worker all failed. */
    WORKER_FAILING,
    /** No scheduler node is there. */
    SCHEDULER_ABSENT,
    /** Jobs wait where no queue worker runs them. */
    QUEUE_UNSERVED;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Something that is wrong now.
   *
   * @param kind an {@link Kind} as text
   * @param subject which one of its kind: an id or a name
   * @param message a sentence for the reader of the alert
   */
  public record Condition(String kind, String subject, String message) {
    public static Condition of(Kind kind, String subject, String message) {
      return new Condition(kind.text(), subject, message);
    }

    /** What makes two conditions the same. */
    public Key key() {
      return new Key(kind, subject);
    }

    /** What a condition is about. */
    public record Key(String kind, String subject) {}
  }

  /**
   * Where alerts go, and when.
   *
   * @param url {@code ALERT_WEBHOOK_URL}
   * @param secret {@code ALERT_WEBHOOK_SECRET}, which signs each message
   * @param inRow {@code ALERT_AFTER_FAILURES}: how many failures in a row fire an alert
   * @param fireAfter how long a queue must be unserved, or the scheduler absent, before it fires
   * @param resolveAfter how long a condition must be gone before it resolves, so that one which
   *     comes and goes is one alert
   */
  public record Settings(
      URI url, String secret, int inRow, Duration fireAfter, Duration resolveAfter) {
    public static final int DEFAULT_IN_ROW = 3;
    private static final Duration A_WHILE = Duration.ofMinutes(1);

    public Settings {
      if (inRow < 1) {
        throw new IllegalArgumentException("inRow must be >= 1, was " + inRow);
      }
    }

    /** With the default times. */
    public static Settings of(URI url, String secret, int inRow) {
      return new Settings(url, secret, inRow, A_WHILE, A_WHILE);
    }

    /** The address may hold a token, the secret is one. */
    @Override
    public String toString() {
      return "Settings[host=" + url.getHost() + ", inRow=" + inRow + "]";
    }
  }

  /** What an alert says: that something is wrong, or that it is right again. */
  public enum Event {
    FIRING,
    RESOLVED;

    public String text() {
      return this == FIRING ? "firing" : "resolved";
    }
  }

  /** The unique key of the job that delivers an event of an alert. */
  public static String uniqueKey(long alertId, Event event) {
    return "alert:" + alertId + ":" + event.text();
  }

  private record Changed(long id, String kind, String subject) {}

  /**
   * Fires what does not fire already, with the jobs that deliver it.
   *
   * @return how many were fired
   */
  public int fire(Collection<Condition> conditions) {
    if (conditions.isEmpty()) {
      return 0;
    }
    return jdbi.inTransaction(
        handle ->
            deliver(
                handle,
                Event.FIRING,
                handle
                    .createQuery(FIRE)
                    .bindArray(
                        "kinds", String.class, conditions.stream().map(Condition::kind).toArray())
                    .bindArray(
                        "subjects",
                        String.class,
                        conditions.stream().map(Condition::subject).toArray())
                    .bindArray(
                        "messages",
                        String.class,
                        conditions.stream().map(Condition::message).toArray())
                    .bind("most", MOST_FIRING)
                    .map(ConstructorMapper.of(Changed.class))
                    .list()));
  }

  /** Resolves what fires, with the jobs that deliver it. */
  public int resolve(Collection<Condition.Key> keys) {
    if (keys.isEmpty()) {
      return 0;
    }
    return jdbi.inTransaction(
        handle ->
            deliver(
                handle,
                Event.RESOLVED,
                handle
                    .createQuery(RESOLVE)
                    .bindArray(
                        "kinds", String.class, keys.stream().map(Condition.Key::kind).toArray())
                    .bindArray(
                        "subjects",
                        String.class,
                        keys.stream().map(Condition.Key::subject).toArray())
                    .map(ConstructorMapper.of(Changed.class))
                    .list()));
  }

  private int deliver(Handle handle, Event event, List<Changed> alerts) {
    List<NewJob> jobs =
        alerts.stream()
            .map(
                alert ->
                    NewJob.of(
                            KIND, Json.write(Map.of("alert_id", alert.id(), "event", event.text())))
                        .withPriority(PRIORITY)
                        .withMaxAttempts(MOST_ATTEMPTS)
                        .withUniqueKey(uniqueKey(alert.id(), event))
                        .triggeredBy(Trigger.SQL))
            .toList();
    client.enqueueAllIn(handle, jobs);
    alerts.forEach(
        alert ->
            log.info("alert {} {} {} {}", alert.id(), event.text(), alert.kind(), alert.subject()));
    return alerts.size();
  }

  /** Two hours and a half, at the pauses of the kind. */
  public static final int MOST_ATTEMPTS = 20;

  /** What fires now. */
  public List<Condition.Key> firing() {
    return jdbi.withHandle(
        handle -> handle.createQuery(FIRING).map(ConstructorMapper.of(Condition.Key.class)).list());
  }

  /** What is wrong in Postgres now, but for the queues and the scheduler. */
  public List<Condition> conditions(int inRow) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(CONDITIONS)
                .bind("inRow", inRow)
                .map(ConstructorMapper.of(Condition.class))
                .list());
  }
}
