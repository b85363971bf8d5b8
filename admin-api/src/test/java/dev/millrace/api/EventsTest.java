package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.api.access.AdminKey;
import dev.millrace.queue.ClaimedJob;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stream of events. */
@Timeout(120)
class EventsTest {
  private static final String EVENTS = "/api/admin/events";
  private static final String WORKER = "/api/admin/workers/inventory-mv-refresh";

  private final AccountsFixture accounts = new AccountsFixture(AccountsFixture.BEHIND_A_PROXY);
  private final ApiFixture api = accounts.api;
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    accounts.close();
  }

  /** An event as a browser has it. */
  private record Heard(String id, String event, String data) {}

  /** A client that listens. */
  private final class Client implements AutoCloseable {
    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;
    private String id = "";

    Client(HttpRequest.Builder request) throws IOException, InterruptedException {
      response = http.send(request.build(), BodyHandlers.ofInputStream());
      lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** The next event; null when the stream has ended. */
    Heard next() throws IOException {
      String event = "";
      String data = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          event = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.isEmpty() && !event.isEmpty()) {
          return new Heard(id, event, data);
        }
      }
      return new Heard(id, "", "");
    }

    Heard until(Predicate<Heard> wanted) throws IOException {
      Heard heard = next();
      while (!wanted.test(heard)) {
        assertThat(heard.event()).as("the stream has ended").isNotEmpty();
        heard = next();
      }
      return heard;
    }

    @Override
    public void close() throws IOException {
      response.body().close();
    }
  }

  private Client listen(HttpRequest.Builder request) throws IOException, InterruptedException {
    Client client = new Client(request);
    assertThat(client.response.statusCode()).isEqualTo(200);
    return client;
  }

  private void setInterval(int seconds) {
    assertThat(api.put(WORKER, "{\"interval_seconds\":" + seconds + "}").status()).isEqualTo(200);
  }

  private static Predicate<Heard> interval(int seconds) {
    return heard ->
        heard.event().equals("background_worker")
            && heard.data().contains("\"interval_seconds\":" + seconds);
  }

  @Test
  void a_change_is_heard_and_a_job_with_each_of_its_states() throws Exception {
    try (Client client = listen(api.request(EVENTS).header("Accept-Encoding", "gzip"))) {
      assertThat(client.response.headers().firstValue("Content-Encoding")).isEmpty();
      assertThat(client.response.headers().firstValue("Cache-Control")).hasValue("no-store");
      assertThat(client.next().event()).isEqualTo("reset");

      setInterval(1234);
      client.until(interval(1234));

      long id = api.enqueue("test.noop");
      client.until(
          heard -> heard.event().equals("job_counts") && heard.data().contains("\"queued\":1"));
      ClaimedJob job = api.claim("test.noop");
      client.until(
          heard ->
              heard.event().equals("job")
                  && heard.data().contains("\"id\":\"" + id + "\"")
                  && heard.data().contains("\"state\":\"processing\""));
      assertThat(api.complete(job)).isTrue();
      client.until(
          heard ->
              heard.event().equals("job")
                  && heard.data().contains("\"id\":\"" + id + "\"")
                  && heard.data().contains("\"state\":\"completed\""));
    }
  }

  @Test
  void a_client_resumes_with_another_process_and_misses_nothing() throws Exception {
    AdminApi other =
        new AdminApi(
                new AdminApi.Parts(api.database.jdbi(), api.redis, api.board, api.client),
                new AdminApi.Settings(
                    "127.0.0.1",
                    0,
                    AdminKey.of(ApiFixture.KEY),
                    AdminApi.Stats.DEFAULT,
                    AccountsFixture.BEHIND_A_PROXY))
            .start();
    HttpRequest toOther =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + other.port() + EVENTS))
            .header("Authorization", "Bearer " + ApiFixture.KEY)
            .build();
    try (Client there = listen(HttpRequest.newBuilder(toOther, (name, value) -> true))) {
      assertThat(there.next().event()).isEqualTo("reset");
      String seen;
      try (Client here = listen(api.request(EVENTS))) {
        assertThat(here.next().event()).isEqualTo("reset");
        setInterval(1001);
        seen = here.until(interval(1001)).id();
      }
      setInterval(1002);
      there.until(interval(1002));

      try (Client again =
          listen(
              HttpRequest.newBuilder(toOther, (name, value) -> true)
                  .header("Last-Event-ID", seen))) {
        Heard first = again.next();
        assertThat(first.event()).as("no reset: the id is known there").isNotEqualTo("reset");
        if (!interval(1002).test(first)) {
          again.until(interval(1002));
        }
      }
      for (String unknown : List.of("1", "999999999999", "of another server")) {
        try (Client lost =
            listen(
                HttpRequest.newBuilder(toOther, (name, value) -> true)
                    .header("Last-Event-ID", unknown))) {
          assertThat(lost.next().event()).as(unknown).isEqualTo("reset");
        }
      }
    } finally {
      other.close();
    }
  }

  @Test
  void a_stream_ends_with_its_session_and_a_silent_one_is_kept_by_heartbeats() throws Exception {
    AccountsFixture.SignedIn user = accounts.signedIn("ada", "viewer");
    try (Client client = listen(user.request(EVENTS))) {
      assertThat(client.next().event()).isEqualTo("reset");
      assertThat(client.lines.readLine()).isIn(": heartbeat", "event: job_counts");
      assertThat(user.post("/api/admin/logout", "{}").status()).isLessThan(300);

      Heard last = client.next();
      while (!last.event().isEmpty()) {
        last = client.next();
      }
    }
    assertThat(user.get(EVENTS).status()).isEqualTo(401);
  }

  @Test
  void a_caller_has_ten_streams_and_a_process_two_hundred() throws Exception {
    List<Client> clients = new ArrayList<>();
    try {
      for (int address = 1; address <= 20; address++) {
        for (int i = 0; i < 10; i++) {
          clients.add(listen(from(address)));
        }
      }
      Answer ofOne = api.send(from(1));
      assertThat(ofOne.status()).isEqualTo(429);
      assertThat(ofOne.header("Retry-After")).isEqualTo("5");
      Answer ofAll = api.send(from(21));
      assertThat(ofAll.status()).isEqualTo(503);
      assertThat(ofAll.json().path("code").asText()).isEqualTo("overloaded");
      assertThat(ofAll.header("Retry-After")).isNotEmpty();
      assertThat(api.get("/api/admin/status").status()).as("no thread is held").isEqualTo(200);

      for (Client client : clients) {
        assertThat(client.next().event()).isEqualTo("reset");
      }
      setInterval(1500);
      for (Client client : clients) {
        client.until(interval(1500));
      }
      clients.remove(0).close();
      await().until(() -> api.send(from(1, "?seconds=1")).status() == 200);
    } finally {
      for (Client client : clients) {
        client.close();
      }
    }
  }

  private HttpRequest.Builder from(int address) {
    return from(address, "");
  }

  private HttpRequest.Builder from(int address, String query) {
    return api.request(EVENTS + query).header("X-Forwarded-For", "192.0.2." + address);
  }

  @Test
  void a_stream_ends_when_it_was_to_end_and_head_has_none() {
    Answer whole = api.get(EVENTS + "?seconds=1");
    assertThat(whole.status()).isEqualTo(200);
    assertThat(whole.header("Content-Type")).isEqualTo("text/event-stream");
    assertThat(whole.response().body()).startsWith("retry: 3000\n\n").contains("event: reset\n");
    assertThat(api.send(api.request(EVENTS).method("HEAD", BodyPublishers.noBody())).status())
        .isEqualTo(200);
    assertThat(api.get(EVENTS + "?seconds=0").status()).isEqualTo(400);
  }

  @Test
  void a_server_that_stops_ends_its_streams() throws Exception {
    try (Client client = listen(api.request(EVENTS))) {
      assertThat(client.next().event()).isEqualTo("reset");
      long begun = System.nanoTime();
      api.api.close();
      assertThat(client.next().event()).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
    }
  }
}
