package dev.millrace.alert.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.alert.Alerts;
import dev.millrace.alert.Alerts.Condition;
import dev.millrace.job.JobHandler;
import dev.millrace.json.Json;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.DirectClaims;
import dev.millrace.testing.WebServer;
import dev.millrace.worker.WorkerFixture;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages as a receiver gets them over HTTP, each checked by its signature. */
class DeliverAlertTest {
  private static final byte[] KEY =
      "0123456789abcdefghijklmnopqrstuv".getBytes(StandardCharsets.UTF_8);
  private static final String SECRET = "whsec_" + Base64.getEncoder().encodeToString(KEY);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final WebServer receiver = new WebServer();
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(2));
  private final Alerts.Settings settings = settings(SECRET);
  private final Alerts alerts = new Alerts(millrace.own, millrace.client);

  @AfterEach
  void close() {
    millrace.close();
    receiver.close();
  }

  private Alerts.Settings settings(String secret) {
    return new Alerts.Settings(receiver.url("/hook"), secret, 3, Duration.ZERO, Duration.ZERO);
  }

  private void work(Alerts.Settings told) {
    millrace.worker(4, DeliverAlert.all(told, LONGEST_PAUSE).toArray(JobHandler<?>[]::new));
  }

  private void fire(String view) {
    alerts.fire(List.of(Condition.of(Alerts.Kind.VIEW_LATE, view, "view " + view + " is LATE")));
  }

  private void resolve() {
    alerts.resolve(alerts.firing());
  }

  private List<WebServer.Call> calls(int count) {
    WorkerFixture.await().until(() -> receiver.calls().size() >= count);
    return receiver.calls();
  }

  /** Waits until no message is left to be delivered. */
  private void delivered() {
    WorkerFixture.await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE finished_at IS NULL")
                    == 0);
  }

  /** What a receiver does, by the specification and without our code. */
  private static JsonNode verified(WebServer.Call call, byte[] key) {
    String id = String.valueOf(call.headers().get("webhook-id"));
    String time = String.valueOf(call.headers().get("webhook-timestamp"));
    assertThat(Instant.ofEpochSecond(Long.parseLong(time)))
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update((id + "." + time + ".").getBytes(StandardCharsets.UTF_8));
      byte[] wanted = mac.doFinal(call.body().getBytes(StandardCharsets.UTF_8));
      String sent = String.valueOf(call.headers().get("webhook-signature"));
      assertThat(sent).startsWith("v1,");
      assertThat(MessageDigest.isEqual(wanted, Base64.getDecoder().decode(sent.substring(3))))
          .isTrue();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
    return Json.tree(call.body());
  }

  private static String id(WebServer.Call call) {
    return String.valueOf(call.headers().get("webhook-id"));
  }

  @Test
  void an_alert_and_its_end_are_sent_signed_and_once_each() {
    work(settings);
    fire("parts");
    fire("parts");
    JsonNode firing = verified(calls(1).get(0), KEY);
    assertThat(firing.path("event").asText()).isEqualTo("firing");
    assertThat(firing.path("kind").asText()).isEqualTo("view_late");
    assertThat(firing.path("subject").asText()).isEqualTo("parts");
    assertThat(firing.path("message").asText()).isEqualTo("view parts is LATE");
    assertThat(Instant.parse(firing.path("fired_at").asText())).isBefore(Instant.now());
    assertThat(firing.path("resolved_at").isNull()).isTrue();
    resolve();
    resolve();
    JsonNode resolved = verified(calls(2).get(1), KEY);
    assertThat(resolved.path("event").asText()).isEqualTo("resolved");
    assertThat(resolved.path("id").asText()).isEqualTo(firing.path("id").asText());
    assertThat(Instant.parse(resolved.path("resolved_at").asText())).isBefore(Instant.now());
    delivered();
    assertThat(receiver.calls().stream().map(DeliverAlertTest::id))
        .containsExactly("1-firing", "1-resolved");
    assertThat(receiver.calls().get(0).path()).isEqualTo("/hook");
    assertThat(receiver.calls().get(0).headers()).containsEntry("content-type", "application/json");
  }

  @Test
  void a_secret_without_the_prefix_signs_with_its_own_bytes() {
    work(settings("a secret of many characters"));
    fire("parts");
    assertThat(
            verified(
                    calls(1).get(0), "a secret of many characters".getBytes(StandardCharsets.UTF_8))
                .path("source")
                .asText())
        .isEqualTo("millrace");
  }

  @Test
  void a_message_is_retried_under_one_id_until_it_is_taken() {
    receiver.answers(500).answers(429, "Retry-After", "0").answers(302, "Location", "/other");
    work(settings);
    fire("parts");
    List<WebServer.Call> calls = calls(4);
    assertThat(calls.stream().map(DeliverAlertTest::id)).containsOnly("1-firing");
    assertThat(calls.stream().map(WebServer.Call::path)).containsOnly("/hook");
    calls.forEach(call -> verified(call, KEY));
    delivered();
    assertThat(receiver.calls()).hasSize(4);
  }

  @Test
  void the_end_of_an_alert_never_arrives_before_its_beginning() {
    receiver.answers(500, 500);
    work(settings);
    fire("parts");
    resolve();
    delivered();
    assertThat(receiver.calls().stream().map(DeliverAlertTest::id))
        .containsExactly("1-firing", "1-firing", "1-firing", "1-resolved");
  }

  @Test
  void a_message_whose_queue_worker_died_is_sent_by_another() {
    fire("parts");
    millrace.jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO millrace.queue_workers (worker_id, name, host, pid, queues, kinds, concurrency, lease_until)"
                    + " VALUES ('dead', 'dead', 'here', 1, '{default}', '{alert.deliver}', 1, now() + interval '1 s')"));
    List<ClaimedJob> lost =
        new DirectClaims(millrace.own).claim("dead", "default", List.of(Alerts.KIND), 1);
    assertThat(lost).hasSize(1);
    work(settings);
    assertThat(id(calls(1).get(0))).isEqualTo("1-firing");
    delivered();
    assertThat(receiver.calls()).hasSize(1);
  }

  @Test
  void an_alert_that_is_rolled_back_sends_nothing() {
    work(settings);
    millrace.jdbi.useHandle(
        handle ->
            handle.execute(
                "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;"
                    + "CREATE TRIGGER refuse BEFORE INSERT ON millrace.jobs FOR EACH ROW"
                    + " WHEN (NEW.kind = 'alert.deliver') EXECUTE FUNCTION public.refuse()"));
    assertThatThrownBy(() -> fire("parts")).hasMessageContaining("no");
    assertThat(millrace.count("SELECT count(*) FROM millrace.alerts")).isZero();
    millrace.jdbi.useHandle(handle -> handle.execute("DROP TRIGGER refuse ON millrace.jobs"));
    fire("parts");
    assertThat(calls(1)).hasSize(1);
  }
}
