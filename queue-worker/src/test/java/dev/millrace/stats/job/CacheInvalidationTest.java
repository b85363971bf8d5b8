package dev.millrace.stats.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.json.Json;
import dev.millrace.stats.CacheInvalidation;
import dev.millrace.stats.Flags;
import dev.millrace.stats.StatsSettings;
import dev.millrace.testing.WebServer;
import dev.millrace.worker.WorkerFixture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CacheInvalidationTest {
  private final StatsFixture stats = new StatsFixture();

  @BeforeEach
  void functions() {
    stats.empty();
    stats.function("good", "");
    stats.function("other", "");
  }

  @AfterEach
  void close() {
    stats.close();
  }

  private static List<Object> answers(CacheInvalidation told) {
    return told.tries().stream()
        .<Object>map(one -> one.httpStatus() == null ? "none" : one.httpStatus())
        .toList();
  }

  @Test
  void tags_of_committed_functions_are_sent_once_with_a_key() {
    stats.function("bad", "PERFORM 1 / 0;");
    stats.working();
    assertThat(stats.run()).isEqualTo("failed");
    assertThat(stats.invalidation().state()).isEqualTo("sent");
    assertThat(stats.cache.calls()).hasSize(1);
    WebServer.Call call = stats.cache.calls().get(0);
    assertThat(call.path()).isEqualTo("/api/revalidate");
    assertThat(call.headers()).containsEntry("authorization", "Bearer " + StatsFixture.KEY);
    assertThat(call.headers()).containsEntry("content-type", "application/json");
    assertThat(StatsFixture.tags(call)).containsExactly("tag_good", "tag_other");
  }

  @Test
  void a_retry_sends_only_the_tags_of_its_own_functions() {
    stats.function("bad", "PERFORM 1 / 0;");
    stats.working();
    long job = stats.enqueue();
    assertThat(stats.end(job)).isEqualTo("failed");
    assertThat(stats.invalidation().state()).isEqualTo("sent");
    stats.define("bad", "");
    assertThat(stats.jobs.retry(job, false)).isTrue();
    assertThat(stats.end(job)).isEqualTo("completed");
    assertThat(stats.invalidation().tags()).containsExactly("tag_bad");
  }

  @Test
  void three_tries_have_three_idempotency_keys() {
    stats.cache.answers(500).answers(429, "Retry-After", "0");
    stats.working();
    assertThat(stats.run()).isEqualTo("completed");
    CacheInvalidation told = stats.invalidation();
    assertThat(told.state()).isEqualTo("sent");
    assertThat(answers(told)).containsExactly(500, 429, 200);
    assertThat(told.tries().get(0).error()).isEqualTo("the cache answered 500");
    assertThat(stats.cache.calls().stream().map(call -> call.headers().get("idempotency-key")))
        .doesNotHaveDuplicates()
        .containsExactlyElementsOf(
            told.tries().stream().map(CacheInvalidation.Try::idempotencyKey).toList());
    assertThat(
            stats.cache.calls().stream()
                .map(call -> Json.tree(call.body()).path("invalidationId").asText())
                .distinct())
        .containsExactly(told.id());
  }

  @Test
  void a_retry_after_of_the_cache_pauses_all_jobs() {
    stats.cache.answers(503, "Retry-After", "2");
    stats.working();
    assertThat(stats.run()).isEqualTo("completed");
    WorkerFixture.await()
        .until(
            () ->
                stats.millrace.count(
                        "SELECT count(*) FROM millrace.host_pauses WHERE paused_until > clock_timestamp()")
                    == 1);
    assertThat(stats.run()).isEqualTo("completed");

    WorkerFixture.await().until(() -> stats.outbox.newest(Optional.of("sent"), 10).size() == 2);
    assertThat(
            stats.outbox.newest(Optional.of("sent"), 10).stream().map(told -> answers(told).size()))
        .as("the second waited in the queue and was never refused")
        .containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void a_failed_invalidation_keeps_the_stats_and_can_be_resent() {
    stats.cache.always(503);
    stats.working();
    assertThat(stats.run()).isEqualTo("completed");
    CacheInvalidation failed = stats.invalidation();
    assertThat(failed.state()).isEqualTo("failed");
    assertThat(answers(failed)).containsExactly(503, 503, 503);
    assertThat(stats.outbox.newest(Optional.of("failed"), 10)).hasSize(1);

    stats.cache.always(204);
    long again = stats.outbox.send(Long.parseLong(failed.id())).orElseThrow();
    assertThat(stats.end(again)).isEqualTo("completed");
    CacheInvalidation told = stats.invalidation();
    assertThat(told.id()).isEqualTo(failed.id());
    assertThat(told.state()).isEqualTo("sent");
    assertThat(answers(told)).containsExactly(503, 503, 503, 204);
    assertThat(stats.outbox.send(4711)).isEmpty();
  }

  @Test
  void a_hanging_cache_times_out_and_is_retried() {
    stats.cache.hangs();
    stats.working();
    assertThat(stats.run()).isEqualTo("completed");
    CacheInvalidation told = stats.invalidation();
    assertThat(answers(told)).containsExactly("none", 200);
    assertThat(told.tries().get(0).error()).contains("did not answer within 1000 ms");
  }

  @Test
  void a_redirect_is_not_followed_and_never_gets_the_key() {
    try (WebServer other = new WebServer()) {
      stats.cache.answers(307, "Location", other.url("/secret-path").toString());
      stats.cache.answers(308, "Location", "/api/revalidate/");
      stats.cache.answers(302, "Location", "");
      stats.working();
      assertThat(stats.run()).isEqualTo("completed");
      CacheInvalidation told = stats.invalidation();
      assertThat(told.state()).isEqualTo("failed");
      assertThat(answers(told)).containsExactly(307, 308, 302);
      assertThat(told.tries().get(0).error())
          .startsWith("the cache answered 307, a redirect to http://")
          .endsWith("; redirects are not followed: set the final address")
          .doesNotContain("secret-path");
      assertThat(other.calls()).isEmpty();
      assertThat(stats.cache.calls().stream().map(WebServer.Call::path).distinct())
          .containsExactly("/api/revalidate");
    }
  }

  @Test
  void without_a_cache_url_nothing_is_sent_and_the_result_shows_it() {
    stats.worker(
        new StatsSettings(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Flags.allOn(),
            2,
            Duration.ofSeconds(1)));
    assertThat(stats.run()).isEqualTo("completed");
    assertThat(stats.invalidation().state()).isEqualTo("not_sent");
    assertThat(stats.invalidation().tries()).isEmpty();
    assertThat(stats.cache.calls()).isEmpty();
  }
}
