package dev.millrace.sync.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.job.NewJob;
import dev.millrace.worker.WorkerFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerPauseTest {
  private static final int SUPPLIERS = 6;

  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5));
  private final HttpServer server = start();
  private final List<Long> arrivals = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private int status = 429;
  private String retryAfter = "3";

  @BeforeEach
  void work(@TempDir Path directory) throws IOException {
    server.createContext("/", this::answer);
    String host = "http://127.0.0.1:" + server.getAddress().getPort();
    String suppliers =
        IntStream.range(0, SUPPLIERS)
            .mapToObj(i -> "s%d,S %d,%s/%d.csv%n".formatted(i, i, host, i))
            .collect(Collectors.joining());
    Path master =
        Files.writeString(directory.resolve("master.csv"), "Code,Supplier,Sheet URL\n" + suppliers);
    SyncSettings settings =
        new SyncSettings(Optional.of(master.toUri()), 50, false, Duration.ofSeconds(4));
    for (int worker = 0; worker < 2; worker++) {
      // one at a time, so that the others read the pause that one was given
      millrace.worker(1, new SyncMaster(settings), new SyncSupplier(millrace.jdbi, settings));
    }
  }

  @AfterEach
  void close() {
    millrace.close();
    server.stop(0);
  }

  @Test
  void a_retry_after_pauses_all_jobs_of_all_workers() {
    refusals.set(1);

    sync();

    assertThat(succeeded()).isEqualTo(SUPPLIERS);
    assertQuietAfter(0, Duration.ofSeconds(3));
    assertThat(
            millrace.count(
                "SELECT count(*) FROM millrace.jobs WHERE kind = 'sync.supplier' AND attempt > 1"))
        .as("waiting in the queue spends no attempt of the others")
        .isLessThanOrEqualTo(1);
  }

  @Test
  void a_retry_after_may_be_a_date() {
    refusals.set(1);
    status = 503;
    retryAfter =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(4));

    sync();

    assertThat(succeeded()).isEqualTo(SUPPLIERS);
    assertQuietAfter(0, Duration.ofSeconds(2));
  }

  @Test
  void a_server_that_always_refuses_fails_the_sync_in_time() {
    refusals.set(Integer.MAX_VALUE);
    retryAfter = "3600";
    status = 503;

    sync();

    assertThat(succeeded()).isZero();
    assertThat(millrace.count("SELECT count(*) FROM parsing_logs WHERE error_type = 'UNREACHABLE'"))
        .isEqualTo(SUPPLIERS);
    assertThat(
            millrace.text(
                "SELECT max(error_message) FROM parsing_logs WHERE error_type = 'UNREACHABLE'"))
        .contains("HTTP status 503, it asks for a pause of 3600 s");
    assertThat(
            millrace.count(
                "SELECT count(*) FROM millrace.host_pauses WHERE paused_until > clock_timestamp() + interval '4 s'"))
        .isZero();
  }

  /** Requests that were under way when the server answered may still arrive. */
  private void assertQuietAfter(int refusal, Duration time) {
    long told = arrivals.get(refusal);
    long soon = told + Duration.ofMillis(800).toNanos();
    assertThat(arrivals)
        .filteredOn(at -> at > soon)
        .isNotEmpty()
        .allMatch(at -> at - told >= time.minusMillis(100).toNanos());
  }

  private void sync() {
    long id =
        millrace
            .client
            .enqueue(NewJob.of(SyncMaster.KIND, SyncMaster.Payload.ALL).withUniqueKey("sync"))
            .jobId();
    await().atMost(Duration.ofMinutes(2)).until(() -> millrace.state(id).equals("completed"));
  }

  private long succeeded() {
    return millrace.count("SELECT count(*) FROM supplier_items");
  }

  private void answer(HttpExchange exchange) throws IOException {
    arrivals.add(System.nanoTime());
    try (exchange) {
      if (refusals.getAndUpdate(left -> left > 0 && left < Integer.MAX_VALUE ? left - 1 : left)
          > 0) {
        exchange.getResponseHeaders().set("Retry-After", retryAfter);
        exchange.sendResponseHeaders(status, -1);
        return;
      }
      byte[] body = "SKU,Name,Price\nA,a,1\n".getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/csv");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static HttpServer start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.start();
      return server;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
