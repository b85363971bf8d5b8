package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.api.access.AccessRules;
import dev.millrace.api.access.AdminKey;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one API has changed is in the status that another one is asked for with the change. */
class StatusAfterChangesTest {
  private static final int ROUNDS = 15;
  private static final String STATUS = "/api/admin/status";
  private static final String WORKER = "/api/admin/workers/inventory-mv-refresh";
  private static final String CHANGE = "Millrace-Change";
  private static final String AT_LEAST = "Millrace-At-Least";

  private final ApiFixture api = new ApiFixture();
  private final AdminApi other =
      new AdminApi(
              new AdminApi.Parts(api.database.jdbi(), api.redis, api.board, api.client),
              new AdminApi.Settings(
                  "127.0.0.1",
                  0,
                  AdminKey.of(ApiFixture.KEY),
                  AdminApi.Stats.DEFAULT,
                  AccessRules.DEFAULT))
          .start();

  @AfterEach
  void close() {
    other.close();
    api.close();
  }

  /** Of the other API. */
  private HttpRequest.Builder toOther(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + other.port() + path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + ApiFixture.KEY);
  }

  private Answer setInterval(int seconds) {
    Answer answer = api.put(WORKER, "{\"interval_seconds\":" + seconds + "}");
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer;
  }

  private static int interval(JsonNode status) {
    for (JsonNode worker : status.path("background_workers")) {
      if (worker.path("worker_key").asText().equals("inventory_mv_refresh")) {
        return worker.path("interval_seconds").asInt();
      }
    }
    throw new AssertionError("no such worker in " + status);
  }

  @Test
  void each_status_that_names_the_change_shows_it_and_others_need_not() {
    int stale = 0;
    int staleWithoutChange = 0;
    for (int round = 1; round <= ROUNDS; round++) {
      api.send(toOther(STATUS));
      Answer changed = setInterval(600 + round);
      staleWithoutChange += interval(api.send(toOther(STATUS)).json()) == 600 + round ? 0 : 1;
      Answer status = api.send(toOther(STATUS).header(AT_LEAST, changed.header(CHANGE)));
      assertThat(status.header("Millrace-Degraded")).isEmpty();
      stale += interval(status.json()) == 600 + round ? 0 : 1;
    }
    assertThat(stale).isZero();
    assertThat(staleWithoutChange).as("rounds that could have failed").isPositive();
  }

  @Test
  void the_api_that_made_a_change_shows_it_without_being_told() {
    for (int round = 1; round <= ROUNDS / 3; round++) {
      setInterval(600 + round);
      assertThat(interval(api.get(STATUS).json())).isEqualTo(600 + round);
    }
  }

  @Test
  void a_poller_that_has_the_tag_gets_304_only_when_the_change_has_changed_nothing() {
    String tag = api.send(toOther(STATUS)).header("ETag");
    Answer dry =
        api.send(api.request("/api/admin/logout").POST(HttpRequest.BodyPublishers.noBody()));
    Answer same =
        api.send(toOther(STATUS).header("If-None-Match", tag).header(AT_LEAST, dry.header(CHANGE)));
    assertThat(same.status()).isEqualTo(304);

    Answer changed = setInterval(1234);
    Answer next =
        api.send(
            toOther(STATUS).header("If-None-Match", tag).header(AT_LEAST, changed.header(CHANGE)));
    assertThat(next.status()).isEqualTo(200);
    assertThat(interval(next.json())).isEqualTo(1234);
  }

  @Test
  void a_conflict_says_what_it_has_met() {
    api.sql(
        "UPDATE public.background_workers SET cron = '0 0,8,16 * * *' WHERE worker_name = 'master_sync'");
    api.kindIsKnown("sync.master", "[]");
    Answer first = api.post("/api/admin/ingestion/sync", null);
    Answer second = api.post("/api/admin/ingestion/sync", null);
    assertThat(second.status())
        .as(first.response().body() + second.response().body())
        .isEqualTo(409);
    assertThat(second.header(CHANGE)).matches("[0-9]+:[0-9]+:[0-9,]*");
    assertThat(api.get(STATUS).header(CHANGE)).isEmpty();
  }

  @Test
  void what_no_answer_has_said_is_refused() {
    for (String text : List.of("x", "1:2", "3:2:", "1:2:3", "1:2:" + "1,".repeat(500) + "1")) {
      Answer answer = api.send(api.request(STATUS).header(AT_LEAST, text));
      assertThat(answer.status()).as(text).isEqualTo(400);
      assertThat(answer.json().path("code").asText()).isEqualTo("invalid_header");
      assertThat(answer.json().path("field").asText()).isEqualTo(AT_LEAST);
    }
  }

  /** 200 are more than are processed at once: if those that wait counted, 72 would be refused. */
  @Test
  void many_that_wait_for_changes_hold_no_threads() {
    ExecutorService clients = Executors.newFixedThreadPool(200);
    try {
      long refused = 200;
      // on a busy machine more may arrive at once than are processed: not in every round
      for (int round = 1; round <= 30 && refused > 0; round++) {
        refused = refusedOfManyAfterAChange(clients, 600 + round);
      }
      assertThat(refused).as("refused in the last round").isZero();
    } finally {
      clients.shutdownNow();
    }
  }

  private long refusedOfManyAfterAChange(ExecutorService clients, int wanted) {
    api.send(toOther(STATUS));
    String change = setInterval(wanted).header(CHANGE);
    List<CompletableFuture<Answer>> asked =
        IntStream.range(0, 200)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> api.send(toOther(STATUS).header(AT_LEAST, change)), clients))
            .toList();
    List<Answer> answers = asked.stream().map(CompletableFuture::join).toList();
    assertThat(answers).extracting(Answer::status).contains(200).isSubsetOf(200, 503);
    assertThat(answers.stream().filter(one -> one.status() == 200))
        .allSatisfy(one -> assertThat(interval(one.json())).isEqualTo(wanted));
    return answers.stream().filter(one -> one.status() == 503).count();
  }
}
