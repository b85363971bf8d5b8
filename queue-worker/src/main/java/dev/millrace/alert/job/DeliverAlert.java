package dev.millrace.alert.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.MillraceException;
import dev.millrace.alert.Alerts;
import dev.millrace.db.Sql;
import dev.millrace.http.HostPauses;
import dev.millrace.http.JsonPoster;
import dev.millrace.http.job.PausedServers;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryAfterException;
import dev.millrace.job.RetryPolicy;
import dev.millrace.job.UnretryableException;
import dev.millrace.json.Json;
import dev.millrace.metrics.Count;
import dev.millrace.worker.BuiltIn;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kind {@code alert.deliver}: sends one event of an alert. A message that was sent and whose
 * outcome was lost is sent again under the same {@code webhook-id}, by which the receiver drops it.
 */
public final class DeliverAlert implements JobHandler<DeliverAlert.Payload> {
  private static final Logger log = LoggerFactory.getLogger(DeliverAlert.class);
  private static final String FIND = Sql.of(DeliverAlert.class, "find");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How long a resolved event waits for the firing one that a queue worker has not sent yet. */
  private static final Duration AFTER_FIRING = Duration.ofSeconds(2);

  private static final JobKind<Payload> KIND =
      JobKind.of(Alerts.KIND, Payload.class)
          .withMaxAttempts(Alerts.MOST_ATTEMPTS)
          .withRetry(
              new RetryPolicy(
                  RetryPolicy.Shape.EXPONENTIAL, Duration.ofSeconds(2), Duration.ofMinutes(10)))
          .withTimeout(Duration.ofMinutes(1));

  /**
   * The payload: which event of which alert.
   *
   * @param event {@code firing} or {@code resolved}
   */
  public record Payload(long alertId, String event) {}

  private final URI url;
  private final Signature signature;
  private final JsonPoster web;
  private final Duration maxRetryAfter;

  private DeliverAlert(Alerts.Settings settings, Duration maxRetryAfter) {
    this.url = settings.url();
    this.signature = new Signature(settings.secret());
    this.web = new JsonPoster(PATIENCE);
    this.maxRetryAfter = maxRetryAfter;
  }

  /**
   * The handler, for the program that registers it.
   *
   * @param maxRetryAfter the longest pause that the server can ask for
   */
  public static List<JobHandler<?>> all(Alerts.Settings settings, Duration maxRetryAfter) {
    return BuiltIn.all(new DeliverAlert(settings, maxRetryAfter));
  }

  @Override
  public JobKind<Payload> kind() {
    return KIND;
  }

  /**
   * An alert as stored.
   *
   * @param firingSent whether the event that it fires needs no more to be sent
   */
  record Stored(
      String kind,
      String subject,
      String message,
      Instant firedAt,
      @Nullable Instant resolvedAt,
      boolean firingSent) {}

  @Override
  public Outcome run(Payload payload, JobContext context) throws InterruptedException {
    Alerts.Event event =
        payload.event().equals("resolved") ? Alerts.Event.RESOLVED : Alerts.Event.FIRING;
    Stored alert =
        context
            .inTransaction(handle -> find(handle, payload.alertId()))
            .orElseThrow(() -> new UnretryableException("there is no alert " + payload.alertId()));
    if (event == Alerts.Event.RESOLVED && !alert.firingSent()) {
      return Outcome.snooze(AFTER_FIRING);
    }
    Optional<Outcome> paused = PausedServers.snooze(url, "the alert", context);
    return paused.isPresent() ? paused.get() : send(payload.alertId(), event, alert, context);
  }

  private Outcome send(long id, Alerts.Event event, Stored alert, JobContext context)
      throws InterruptedException {
    String body = body(id, event, alert);
    JsonPoster.Answer answer = call(id + "-" + event.text(), body);
    Optional<Duration> asked =
        answer.retryAfter().map(time -> time.compareTo(maxRetryAfter) < 0 ? time : maxRetryAfter);
    if (asked.isPresent()) {
      context.inTransaction(
          handle -> {
            HostPauses.pause(handle, HostPauses.server(url), asked.get());
            return true;
          });
    }
    if (answer.taken()) {
      log.info("alert {} sent: {} {} {}", id, event.text(), alert.kind(), alert.subject());
      return Outcome.done(Map.of("sent", true, "status", answer.status()));
    }
    String error = "the alert webhook " + answer.summary();
    throw asked.isPresent()
        ? new RetryAfterException(error, asked.get())
        : new MillraceException(error);
  }

  private JsonPoster.Answer call(String message, String body) throws InterruptedException {
    boolean taken = false;
    try {
      JsonPoster.Answer answer =
          web.send(url, body, signature.headers(message, Instant.now(), body));
      taken = answer.taken();
      return answer;
    } finally {
      Count.ALERT_CALLS.add(1, taken ? "delivered" : "failed");
    }
  }

  private static String body(long id, Alerts.Event event, Stored alert) {
    ObjectNode body =
        Json.mapper()
            .createObjectNode()
            .put("id", Long.toString(id))
            .put("event", event.text())
            .put("kind", alert.kind())
            .put("subject", alert.subject())
            .put("message", alert.message())
            .put("fired_at", alert.firedAt().toString());
    Instant resolved = event == Alerts.Event.RESOLVED ? alert.resolvedAt() : null;
    return body.put("resolved_at", resolved == null ? null : resolved.toString())
        .put("source", "millrace")
        .toString();
  }

  private static Optional<Stored> find(Handle handle, long id) {
    return handle
        .createQuery(FIND)
        .bind("id", id)
        .bind("firing", Alerts.uniqueKey(id, Alerts.Event.FIRING))
        .map(ConstructorMapper.of(Stored.class))
        .findOne();
  }
}
