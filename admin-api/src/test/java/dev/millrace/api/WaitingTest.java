package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.api.jobs.JobCompletionWaiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that wait for a job hold no thread, and clients that send slowly hold one for long. */
class WaitingTest {
  private static final String AUTHORIZED =
      " HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer " + ApiFixture.KEY + "\r\n";
  private static final String RUN_ONCE =
      "POST /api/admin/workers/inventory-mv-refresh/run-once"
          + AUTHORIZED
          + "Content-Length: 0\r\n\r\n";
  private static final String GET = "GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n";
  private static final Duration WITHIN = Duration.ofSeconds(20);

  private final List<RawClient> clients = new ArrayList<>();
  private ApiFixture api = new ApiFixture();

  @BeforeEach
  void nothing_waits() {
    api.clear();
  }

  @AfterEach
  void close() {
    clients.forEach(RawClient::close);
    api.close();
  }

  private RawClient client() {
    RawClient client = new RawClient(api.api.port());
    clients.add(client);
    return client;
  }

  /** Adds waiting calls in portions, because at most 128 are accepted at once. */
  private List<RawClient> waiting(int count) {
    List<RawClient> waiting = new ArrayList<>(count);
    int before = api.api.waiting();
    while (waiting.size() < count) {
      for (int i = Math.min(50, count - waiting.size()); i > 0; i--) {
        waiting.add(client().send(RUN_ONCE));
      }
      await().atMost(WITHIN).until(() -> api.api.waiting() == before + waiting.size());
    }
    return waiting;
  }

  @Test
  void health_answers_while_260_calls_wait() {
    List<RawClient> waiting = waiting(260);

    long start = System.nanoTime();
    assertThat(api.get("/health/live").status()).isEqualTo(200);
    assertThat(api.get("/health/ready").status()).isEqualTo(200);
    assertThat(api.get("/api/admin/workers").status()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));

    assertThat(api.complete(api.claim("mv.refresh"))).isTrue();
    for (RawClient client : waiting) {
      assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
    }
    assertThat(api.api.waiting()).isZero();
  }

  @Test
  void a_client_that_hangs_up_frees_its_wait_at_once() {
    List<RawClient> waiting = waiting(20);
    RawClient withBody =
        client().send(RUN_ONCE.replace("Length: 0\r\n\r\n", "Length: 2\r\n\r\n{}"));
    await().atMost(WITHIN).until(() -> api.api.waiting() == 21);

    waiting.subList(0, 10).forEach(RawClient::close);
    waiting.subList(10, 19).forEach(RawClient::end);
    withBody.close();
    await().atMost(Duration.ofSeconds(10)).until(() -> api.api.waiting() == 1);

    // the one that stayed gets its answer, and its connection serves on
    RawClient last = waiting.get(19);
    assertThat(api.complete(api.claim("mv.refresh"))).isTrue();
    assertThat(last.line()).isEqualTo("HTTP/1.1 200 OK");
    last.skipHeaders();
    String body = "{\"status\":\"success\"}";
    assertThat(last.text(body.length())).isEqualTo(body);
    assertThat(last.send(GET).line()).isEqualTo("HTTP/1.1 200 OK");
  }

  @Test
  void a_call_beyond_the_most_that_wait_is_refused_and_enqueues_nothing() {
    waiting(JobCompletionWaiter.MOST_WAITING);
    api.sql("UPDATE public.background_workers SET kind = kind");
    int before = jobs();
    Answer refused = api.post("/api/admin/workers/master-sync/run-once", null);
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.json().path("code").asText()).isEqualTo("overloaded");
    assertThat(refused.header("Retry-After")).isEqualTo("2");
    assertThat(jobs()).isEqualTo(before);

    clients.remove(0).close();
    await().atMost(WITHIN).until(() -> api.api.waiting() == JobCompletionWaiter.MOST_WAITING - 1);
    CompletableFuture<Answer> taken =
        CompletableFuture.supplyAsync(
            () -> api.post("/api/admin/workers/master-sync/run-once", null));
    await().atMost(WITHIN).until(() -> api.api.waiting() == JobCompletionWaiter.MOST_WAITING);
    assertThat(api.complete(api.claim("sync.master"))).isTrue();
    assertThat(taken.join().status()).isEqualTo(200);
  }

  private int jobs() {
    return api.jdbi.withHandle(
        handle -> handle.select("SELECT count(*) FROM millrace.jobs").mapTo(Integer.class).one());
  }

  @Test
  void a_body_that_stops_coming_is_ended_and_the_rest_is_served() {
    String head =
        "POST /api/admin/jobs"
            + AUTHORIZED
            + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    List<RawClient> slow = new ArrayList<>();
    for (int i = 0; i < 140; i++) {
      slow.add(client().send(head));
    }
    await().atMost(WITHIN).until(() -> api.get("/api/admin/workers").status() == 503);
    assertThat(api.get("/health/live").status()).isEqualTo(200);
    long ended =
        slow.stream().filter(one -> one.line().equals("HTTP/1.1 408 Request Timeout")).count();
    assertThat(ended).isGreaterThan(100);
    await().atMost(WITHIN).until(() -> api.get("/api/admin/workers").status() == 200);
  }

  @Test
  void a_body_that_trickles_is_ended() {
    RawClient client =
        client()
            .send(
                "POST /api/admin/jobs"
                    + AUTHORIZED
                    + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n");
    long start = System.nanoTime();
    await()
        .pollInterval(Duration.ofMillis(500))
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              client.send(" ");
              return client.socket.getInputStream().available() > 0;
            });
    assertThat(client.rest()).startsWith("HTTP/1.1 408 Request Timeout");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void more_connections_than_may_be_close_the_oldest_idle_ones() {
    RawClient first = client();
    List<RawClient> waiting = waiting(5);
    for (int i = 0; i < 1_100; i++) {
      client();
    }
    assertThat(first.rest()).isEmpty();
    assertThat(api.get("/health/live").status()).isEqualTo(200);
    assertThat(api.complete(api.claim("mv.refresh"))).isTrue();
    for (RawClient client : waiting) {
      assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
    }
  }
}
