package dev.millrace.bench.status;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.bench.measure.BenchServices;
import dev.millrace.bench.measure.TestServers;
import dev.millrace.bench.process.BenchProcess;
import dev.millrace.bench.process.JavaProgram;
import dev.millrace.bench.process.Usage;
import dev.millrace.bench.report.Figures;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.db.takeover.Migrations;
import dev.millrace.json.Json;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Jdbi;

/**
 * The status endpoint: how many answers a second beside a server of the same bytes, what 500
 * pollers wait and cost, and whether a status of another process shows a change.
 */
public final class StatusMeasure {
  /** By which it is asked for. */
  public static final String NAME = "status";

  /**
   * How much is measured.
   *
   * @param sliceSeconds of each load at a time
   * @param warmUp seconds before them
   * @param rounds of a command through one process and a status through the other
   */
  public record Scale(int sliceSeconds, int warmUp, int rounds) {
    public static final Scale FULL = new Scale(3, 5, 1_000);
    public static final Scale QUICK = new Scale(1, 1, 20);
  }

  private static final String KEY = "a-key-of-the-benchmark-0123456789";
  private static final String STATUS = "/api/admin/status";
  private static final String WORKER = "/api/admin/workers/inventory-mv-refresh";
  private static final int BYTES = 24 * 1024;
  private static final Duration PAUSE = Duration.ofSeconds(3);
  private static final List<Integer> CLIENTS = List.of(1, 50, 500);
  private static final int CLOSED_LOOP = 32;
  private static final int SLICES = 4;
  private static final double PER_CENT = 100;
  private static final double MICROS = 1e6;

  private final Scale scale;
  private final HttpClient http = HttpClient.newHttpClient();

  public StatusMeasure(Scale scale) {
    this.scale = scale;
  }

  /** Measures once, on a database of its own, with two API processes. */
  public void run(BenchServices services, Path work, Figures figures) {
    TestServers servers = services.fresh(false);
    try (Database database =
            Database.open(
                DatabaseUrl.parse(servers.databaseUrl()), "bench status", 4, Limits.LONG);
        Redis redis = Redis.open(RedisUrl.parse(servers.redisUrl()), 1)) {
      new Migrations(database).run();
      try (BenchProcess first = api(servers, work);
          BenchProcess second = api(servers, work)) {
        int port = Integer.parseInt(first.awaitValue("port"));
        int other = Integer.parseInt(second.awaitValue("port"));
        awaitFirst(port);
        awaitFirst(other);
        byte[] body = fill(database.jdbi(), port);
        figures.add("millrace", "status_bytes", body.length);
        rates(work, first, port, body, figures);
        pollers(port, new Meters(database.jdbi(), redis), figures);
        stale(port, other, figures);
      }
    }
  }

  private static BenchProcess api(TestServers servers, Path work) {
    return JavaProgram.start(
        "ApiProgram", work, List.of(servers.databaseUrl(), servers.redisUrl(), KEY));
  }

  /** Background workers until the status is long enough; returns it. */
  private byte[] fill(Jdbi jdbi, int port) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO public.background_workers (worker_name, display_name, enabled, interval_seconds)"
                    + " VALUES ('inventory_mv_refresh', 'Inventory', false, 600) ON CONFLICT DO NOTHING"));
    byte[] body = status(port, Map.of()).body();
    for (int i = 0; body.length < BYTES; i++) {
      String name = "measured_worker_" + i;
      jdbi.useHandle(
          handle ->
              handle.execute(
                  "INSERT INTO public.background_workers (worker_name, display_name, description, enabled, interval_seconds)"
                      + " VALUES (?, 'A worker of the benchmark', 'Stands for one of an installation', false, 600)",
                  name));
      if (i % 5 == 4) {
        // new in the next snapshot
        String change =
            setInterval(port, 600 + i).headers().firstValue("Millrace-Change").orElseThrow();
        body = status(port, Map.of("Millrace-At-Least", change)).body();
      }
    }
    return body;
  }

  private void rates(Path work, BenchProcess api, int port, byte[] body, Figures figures) {
    Path file = work.resolve("status.json");
    try {
      Files.write(file, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (BenchProcess server = JavaProgram.start("StaticProgram", work, List.of(file.toString()))) {
      int bare = Integer.parseInt(server.awaitValue("port"));
      String tag = status(port, Map.of()).headers().firstValue("ETag").orElseThrow();
      Map<String, String> key = Map.of("Authorization", "Bearer " + KEY);
      Map<String, String> known = Map.of("Authorization", "Bearer " + KEY, "If-None-Match", tag);
      List<Load> loads =
          List.of(
              new Load("static_200", server, bare, "/body", Map.of()),
              new Load("status_200", api, port, STATUS, key),
              new Load("static_304", server, bare, "/same", Map.of()),
              new Load("status_304", api, port, STATUS, known));
      loads.forEach(load -> load.rate(scale.warmUp()));
      double[] rates = new double[loads.size()];
      double[] micros = new double[loads.size()];
      for (int slice = 0; slice < SLICES; slice++) {
        for (int i = 0; i < rates.length; i++) { // in turns, as the speed of a machine changes
          double before = Usage.cpuSeconds(loads.get(i).server().pid());
          double rate = loads.get(i).rate(scale.sliceSeconds());
          double cpu = Usage.cpuSeconds(loads.get(i).server().pid()) - before;
          rates[i] += rate / SLICES;
          micros[i] += cpu * MICROS / (rate * scale.sliceSeconds()) / SLICES;
        }
      }
      for (int i = 0; i < rates.length; i++) {
        String system = i % 2 == 0 ? "javalin" : "millrace";
        figures.add(system, loads.get(i).figure() + "_per_s", rates[i]);
        figures.add(system, loads.get(i).figure() + "_cpu_micros", micros[i]);
      }
      figures.add("millrace", "status_200_percent_of_static", rates[1] / rates[0] * PER_CENT);
      figures.add("millrace", "status_304_percent_of_static", rates[3] / rates[2] * PER_CENT);
    }
  }

  /** As many requests as can be answered. */
  private record Load(
      String figure, BenchProcess server, int port, String path, Map<String, String> headers) {
    double rate(int seconds) {
      return Wrk.rate("http://127.0.0.1:" + port + path, headers, seconds)
          .orElseGet(
              () -> {
                try (Pollers pollers = new Pollers(port, CLOSED_LOOP, request(path, headers))) {
                  return pollers.poll(Duration.ofSeconds(seconds), Duration.ZERO).perSecond();
                }
              });
    }
  }

  private static String request(String path, Map<String, String> headers) {
    StringBuilder text = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    headers.forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
    return text.append("\r\n").toString();
  }

  /** What counts the work of Postgres and Redis. */
  private record Meters(Jdbi jdbi, Redis redis) {
    Counts now() {
      return Counts.now(jdbi, redis);
    }
  }

  private void pollers(int port, Meters meters, Figures figures) {
    String tag = status(port, Map.of()).headers().firstValue("ETag").orElseThrow();
    String request =
        request(STATUS, Map.of("Authorization", "Bearer " + KEY, "If-None-Match", tag));
    for (int clients : CLIENTS) {
      try (Pollers pollers = new Pollers(port, clients, request)) {
        pollers.poll(PAUSE, PAUSE);
        Counts before = meters.now();
        Pollers.Answers answers =
            pollers.poll(Duration.ofSeconds(scale.sliceSeconds() * 9L), PAUSE);
        Counts after = meters.now();
        String name = "status_" + clients + "_clients_";
        double seconds = answers.seconds();
        figures.add("millrace", name + "p50_ms", answers.millisAt(0.5));
        figures.add("millrace", name + "p99_ms", answers.millisAt(0.99));
        figures.add("millrace", name + "304_percent", answers.notModified() * PER_CENT);
        figures.add(
            "millrace",
            name + "postgres_transactions_per_s",
            (after.transactions() - before.transactions()) / seconds);
        figures.add(
            "millrace",
            name + "redis_commands_per_s",
            (after.commands() - before.commands()) / seconds);
      }
    }
  }

  /** A command through one process, then the status through the other. */
  private void stale(int port, int other, Figures figures) {
    int stale = 0;
    int staleWithout = 0;
    for (int round = 1; round <= scale.rounds(); round++) {
      int interval = 1_000 + round;
      status(other, Map.of());
      String change =
          setInterval(port, interval).headers().firstValue("Millrace-Change").orElseThrow();
      staleWithout += interval(status(other, Map.of())) == interval ? 0 : 1;
      stale += interval(status(other, Map.of("Millrace-At-Least", change))) == interval ? 0 : 1;
    }
    figures.add("millrace", "status_rounds", scale.rounds());
    figures.add("millrace", "status_stale_with_change", stale);
    figures.add("millrace", "status_stale_without", staleWithout);
  }

  /** Until a new process has read its first status: on a busy machine later than it waits. */
  private void awaitFirst(int port) {
    while (answered(request(port, STATUS)).statusCode() == 503) {
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private HttpResponse<byte[]> setInterval(int port, int seconds) {
    return send(
        request(port, WORKER)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString("{\"interval_seconds\": " + seconds + "}")));
  }

  private static int interval(HttpResponse<byte[]> status) {
    JsonNode workers = Json.tree(new String(status.body(), StandardCharsets.UTF_8));
    return workers
        .path("background_workers")
        .valueStream()
        .filter(worker -> worker.path("worker_key").asText().equals("inventory_mv_refresh"))
        .mapToInt(worker -> worker.path("interval_seconds").asInt())
        .findFirst()
        .orElse(0); // of before it was made
  }

  private HttpResponse<byte[]> status(int port, Map<String, String> headers) {
    HttpRequest.Builder request = request(port, STATUS);
    headers.forEach(request::header);
    return send(request);
  }

  private static HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Authorization", "Bearer " + KEY);
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) {
    HttpResponse<byte[]> answer = answered(request);
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(
          answer.uri()
              + " was answered with "
              + answer.statusCode()
              + ": "
              + new String(answer.body(), StandardCharsets.UTF_8));
    }
    return answer;
  }

  private HttpResponse<byte[]> answered(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
