package dev.millrace.drills.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.drills.DrillException;
import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.ChildProcesses;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * D10: 200 calls start a sync at once through two API processes, and Redis loses everything between
 * them; again and again.
 */
public final class CallSyncs implements Scenario {
  private static final int CALLS = 200;
  private static final Duration WITHIN = Duration.ofSeconds(60);
  private static final String KEY = "a-key-of-the-drill-0123456789";
  private static final String SYNC = "/api/admin/ingestion/sync";
  private static final String ACTIVE =
      "SELECT count(*) FROM millrace.jobs WHERE kind = 'sync.master' AND finished_at IS NULL";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(WITHIN).build();

  private int repeated;

  @Override
  public String name() {
    return "call-syncs";
  }

  @Override
  public String number() {
    return "D10";
  }

  @Override
  public String summary() {
    return "200 calls for a sync at once, over two APIs and a flushed Redis; one active sync";
  }

  private record Answer(int status, JsonNode body) {
    /**
     * All connections of the process are in use, and nothing was done: the call is to be repeated.
     */
    boolean busy() {
      return status == 503;
    }

    String taskId() {
      return body.path("task_id").asText();
    }
  }

  @Override
  public void run(Run run) {
    DrillReport report = run.report();
    int rounds = run.size(4, 50);
    repeated = 0;
    int started = 0;
    try (TestBed testBed = TestBed.empty(run, TestBed.Settings.of(run))) {
      List<Integer> apis = List.of(start(testBed, "api-1"), start(testBed, "api-2"));
      for (int api : apis) { // the first calls of a process load its classes
        answer(post(api, SYNC));
        end(testBed, api, report);
      }
      for (int round = 1; round <= rounds; round++) {
        List<Answer> answers = calls(testBed, apis);
        started += (int) answers.stream().filter(answer -> answer.status() == 202).count();
        judge(report, answers, testBed.number(ACTIVE));
        end(testBed, apis.get(round % 2), report);
      }
    }
    report.fact("calls", rounds * CALLS);
    report.fact("calls repeated after a 503", repeated);
    report.goal("syncs started", started, rounds);
  }

  private static int start(TestBed testBed, String name) {
    int port = ChildProcesses.freePort();
    testBed
        .processes()
        .start("api", name, Map.of("port", Integer.toString(port), "key", KEY))
        .awaitReady();
    return port;
  }

  /** Half of the calls, then a flush while they are answered, then the other half. */
  private List<Answer> calls(TestBed testBed, List<Integer> apis) {
    List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
    for (int call = 0; call < CALLS; call++) {
      if (call == CALLS / 2) {
        testBed.redis().send(jedis -> jedis.flushAll());
      }
      sent.add(post(apis.get(call % apis.size()), SYNC));
    }
    List<Answer> answers = new ArrayList<>(sent.stream().map(CallSyncs::answer).toList());
    long until = System.nanoTime() + WITHIN.toNanos();
    for (int call = 0; call < CALLS; call++) {
      while (answers.get(call).busy() && System.nanoTime() - until < 0) {
        repeated++;
        answers.set(call, answer(post(apis.get(call % apis.size()), SYNC)));
      }
    }
    return answers;
  }

  private CompletableFuture<HttpResponse<String>> post(int port, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(WITHIN)
            .header("Authorization", "Bearer " + KEY)
            .POST(BodyPublishers.noBody())
            .build();
    return client.sendAsync(request, BodyHandlers.ofString());
  }

  private static Answer answer(CompletableFuture<HttpResponse<String>> sent) {
    try {
      HttpResponse<String> response = sent.get(WITHIN.toSeconds(), TimeUnit.SECONDS);
      return new Answer(response.statusCode(), Json.tree(response.body()));
    } catch (ExecutionException | TimeoutException e) {
      throw new DrillException("an API did not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DrillException("the drill was interrupted", e);
    }
  }

  private static void judge(DrillReport report, List<Answer> answers, long active) {
    List<Answer> started = answers.stream().filter(answer -> answer.status() == 202).toList();
    if (started.size() != 1 || active != 1) {
      report.violation(
          "syncs that were not the only one", started.size() + " started, " + active + " active");
      return;
    }
    String task = started.get(0).taskId();
    answers.stream()
        .filter(answer -> answer.status() != 202)
        .filter(answer -> answer.status() != 409 || !answer.taskId().equals(task))
        .forEach(
            answer ->
                report.violation(
                    "refused calls that did not name the sync",
                    "sync %s: %d %s".formatted(task, answer.status(), answer.body())));
  }

  /** Ends the sync by the call for it; the minute of the rate limit is over. */
  private void end(TestBed testBed, int port, DrillReport report) {
    Answer cancelled = answer(post(port, SYNC + "/cancel"));
    if (cancelled.status() != 200 || testBed.number(ACTIVE) != 0) {
      report.violation("syncs that were not cancelled", cancelled.toString());
    }
    testBed.execute("UPDATE millrace.jobs SET created_at = created_at - interval '1 minute'");
  }
}
