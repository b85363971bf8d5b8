package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.api.access.Access;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Guessing a key is slow and is seen; knowing it is neither. */
class WrongKeysTest {
  private static final String WRONG = "wrong-key-of-a-stranger-0123456789";

  private final ApiFixture api = new ApiFixture();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final ExecutorService clients = Executors.newFixedThreadPool(60);

  @AfterEach
  void close() {
    clients.shutdownNow();
    api.close();
  }

  private void listen() {
    logged.start();
    ((Logger) LoggerFactory.getLogger(Access.class)).addAppender(logged);
  }

  private Answer guess() {
    return api.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + api.api.port() + "/api/admin/status?guess"))
            .header("User-Agent", "guesser")
            .header("Authorization", "Bearer " + WRONG));
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Test
  void wrong_keys_are_answered_ever_more_slowly_and_logged_once() {
    listen();
    long start = System.nanoTime();
    for (int i = 0; i < 9; i++) {
      assertThat(guess().status()).isEqualTo(401);
    }
    // 100 + 200 + 400 + 800 ms after five that were free
    assertThat(since(start)).isBetween(Duration.ofMillis(1_490), Duration.ofSeconds(10));
    assertThat(logged.list).hasSize(1);
    ILoggingEvent line = logged.list.get(0);
    String text = line.getFormattedMessage() + line.getKeyValuePairs();
    assertThat(text)
        .contains("127.0.0.1", "guesser", "/api/admin/status", "wrong")
        .doesNotContain(WRONG);
  }

  @Test
  void many_wrong_keys_at_once_hold_no_thread_and_slow_no_right_one() {
    for (int i = 0; i < 12; i++) {
      api.send(
          HttpRequest.newBuilder(
              URI.create("http://127.0.0.1:" + api.api.port() + "/api/admin/x")));
    }
    List<CompletableFuture<Integer>> guesses =
        IntStream.range(0, 60)
            .mapToObj(n -> CompletableFuture.supplyAsync(() -> guess().status(), clients))
            .toList();
    long start = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      assertThat(api.get("/api/admin/workers").status()).isEqualTo(200);
    }
    assertThat(since(start)).isLessThan(Duration.ofSeconds(5));
    List<Integer> statuses = guesses.stream().map(CompletableFuture::join).toList();
    assertThat(statuses).containsOnly(401, 429).contains(401, 429);
    assertThat(statuses.stream().filter(status -> status == 401)).hasSizeGreaterThanOrEqualTo(20);
  }

  private static String forged(int number) {
    return "mr_abcdefghijkl_%043d".formatted(number);
  }

  private Answer with(String key) {
    return api.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + api.api.port() + "/api/admin/status"))
            .header("Authorization", "Bearer " + key));
  }

  @Test
  void who_guesses_keys_at_once_costs_few_statements_and_shuts_out_no_known_key() {
    String key =
        api.post(
                "/api/admin/keys",
                "{\"name\": \"k\", \"role\": \"viewer\", \"scopes\": [\"read\"]}")
            .json()
            .path("key")
            .asText();
    assertThat(with(key).status()).isEqualTo(200);
    for (int i = 0; i < 12; i++) {
      assertThat(with(forged(i)).status()).isEqualTo(401);
    }
    AtomicInteger lookUps = new AtomicInteger();
    api.database
        .jdbi()
        .setSqlLogger(
            new SqlLogger() {
              @Override
              public void logBeforeExecution(StatementContext context) {
                if (context.getRenderedSql().contains("millrace.api_keys")) {
                  lookUps.incrementAndGet();
                }
              }
            });

    List<CompletableFuture<Integer>> guesses =
        IntStream.range(0, 600)
            .mapToObj(n -> CompletableFuture.supplyAsync(() -> with(forged(n)).status(), clients))
            .toList();
    for (int i = 0; i < 10; i++) {
      assertThat(with(key).status()).isEqualTo(200);
    }

    assertThat(guesses.stream().map(CompletableFuture::join)).containsOnly(401, 429);
    assertThat(lookUps.get()).isBetween(20, 300);
  }
}
