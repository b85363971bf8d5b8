package dev.millrace.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.app.error.UserError;
import dev.millrace.app.http.ApiClient;
import dev.millrace.text.Visible;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Reports problems of a running Millrace. */
@Command(
    name = "doctor",
    description = "Reports problems of a running Millrace.",
    mixinStandardHelpOptions = true,
    exitCodeList = {
      "0:no problem",
      "1:it works, with problems",
      "2:the API could not be asked",
      "3:it does not work"
    })
public final class DoctorCommand extends ApiCommand implements Callable<Integer> {
  private static final int WARNS = 1;
  private static final int FAILS = 3;

  public DoctorCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    PrintWriter out = out();
    ApiClient.Answer answer = api().get("/status");
    if (answer.status() >= 500) {
      out.println("FAIL  " + answer.failure().getMessage());
      out.flush();
      return FAILS;
    }
    if (!answer.ok()) {
      throw new UserError(String.valueOf(answer.failure().getMessage()));
    }
    JsonNode status = answer.body();
    List<String> failures = failures(status);
    List<String> warnings = warnings(status);
    failures.forEach(what -> out.println("FAIL  " + Visible.line(what)));
    warnings.forEach(what -> out.println("WARN  " + Visible.line(what)));
    if (failures.isEmpty() && warnings.isEmpty()) {
      out.println("OK    no problem found");
    }
    out.flush();
    return !failures.isEmpty() ? FAILS : warnings.isEmpty() ? 0 : WARNS;
  }

  private static List<String> failures(JsonNode status) {
    List<String> failures = new ArrayList<>();
    status
        .path("degraded")
        .forEach(
            part -> {
              if (part.asText().equals("postgres")) {
                failures.add(
                    "Postgres does not answer; the status is "
                        + status.path("age_seconds").asText()
                        + " s old");
              }
            });
    if (status.at("/scheduler/state").asText().equals("absent")) {
      failures.add("scheduler: " + status.at("/scheduler/trouble").asText());
    }
    boolean claims =
        status
            .path("queue_workers")
            .valueStream()
            .anyMatch(worker -> worker.path("state").asText().equals("running"));
    if (!claims) {
      failures.add("no queue worker claims jobs");
    }
    return failures;
  }

  private static List<String> warnings(JsonNode status) {
    List<String> warnings = new ArrayList<>();
    boolean redisReported =
        status
            .path("troubles")
            .valueStream()
            .anyMatch(trouble -> trouble.asText().contains("Redis"));
    status
        .path("degraded")
        .forEach(
            part -> {
              String what = part.asText();
              if (what.equals("redis") && !redisReported) {
                warnings.add(
                    "Redis does not answer or refuses commands; jobs are claimed from Postgres");
              } else if (what.startsWith("internal:")) {
                warnings.add("a part of the status cannot be read; trace id " + what.substring(9));
              }
            });
    status.path("troubles").forEach(trouble -> warnings.add(trouble.asText()));
    if (status.at("/scheduler/state").asText().equals("late")) {
      warnings.add("scheduler: " + status.at("/scheduler/trouble").asText());
    }
    status
        .path("queue_workers")
        .forEach(
            worker -> {
              if (worker.path("state").asText().equals("lost")) {
                warnings.add("queue worker " + worker.path("worker_id").asText() + " was lost");
              }
            });
    status
        .path("unserved")
        .forEach(
            lane ->
                warnings.add(
                    lane.path("kind").asText()
                        + " jobs wait in queue "
                        + lane.path("queue").asText()
                        + ", which no queue worker claims from"));
    return warnings;
  }
}
