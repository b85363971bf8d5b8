package dev.millrace.app.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is wrong with an installation by what its API shows. */
public final class StatusFindings {
  private static final int TOLERATED_SKEW_MS = 2_000;

  private StatusFindings() {}

  /**
   * The findings; empty: nothing is wrong.
   *
   * @param status the answer of {@code GET /api/admin/status}
   */
  public static List<Finding> of(JsonNode status) {
    List<Finding> findings = new ArrayList<>();
    services(status, findings);
    scheduler(status.path("scheduler"), findings);
    queueWorkers(status.path("queue_workers"), findings);
    status
        .path("troubles")
        .forEach(what -> findings.add(Finding.warn("trouble", what.asText(), "")));
    for (JsonNode lane : status.path("unserved")) {
      findings.add(
          Finding.warn(
              "unserved",
              lane.path("kind").asText()
                  + " jobs wait in queue "
                  + lane.path("queue").asText()
                  + ", which no queue worker claims from",
              "start a worker of this kind with QUEUE_NAME=" + lane.path("queue").asText()));
    }
    schedules(status.path("background_workers"), findings);
    views(status.path("views"), findings);
    return findings;
  }

  private static void services(JsonNode status, List<Finding> findings) {
    boolean reported =
        status
            .path("troubles")
            .valueStream()
            .anyMatch(trouble -> trouble.asText().contains("Redis"));
    for (JsonNode part : status.path("degraded")) {
      String what = part.asText();
      if (what.equals("postgres")) {
        findings.add(
            Finding.fail(
                "postgres_away",
                "Postgres does not answer; the status is "
                    + status.path("age_seconds").asText()
                    + " s old",
                ""));
      } else if (what.equals("redis") && !reported) {
        findings.add(
            Finding.warn(
                "redis_away",
                "Redis does not answer or refuses commands; jobs are claimed from Postgres",
                ""));
      } else if (what.startsWith("internal:")) {
        findings.add(
            Finding.warn(
                "defect",
                "a part of the status cannot be read; trace id " + what.substring(9),
                "the API's log has it under that id"));
      }
    }
  }

  private static void scheduler(JsonNode scheduler, List<Finding> findings) {
    String trouble = "scheduler: " + scheduler.path("trouble").asText();
    switch (scheduler.path("state").asText()) {
      case "absent" ->
          findings.add(Finding.fail("no_scheduler", trouble, "start one: millrace scheduler"));
      case "late" -> findings.add(Finding.warn("late_scheduler", trouble, ""));
      default -> {
        // it runs, or cannot be read, which is reported as degraded
      }
    }
    for (JsonNode node : scheduler.path("nodes")) {
      long ahead = node.path("clock_skew_ms").asLong();
      if (!node.path("missing").asBoolean() && Math.abs(ahead) > TOLERATED_SKEW_MS) {
        findings.add(
            Finding.warn(
                "clock_skew",
                "the clock of scheduler node "
                    + node.path("node").asText()
                    + " is "
                    + Math.abs(ahead) / 1_000
                    + " s "
                    + (ahead < 0 ? "behind" : "ahead of")
                    + " that of Postgres",
                "have both take the time from an NTP server"));
      }
    }
  }

  private static void queueWorkers(JsonNode workers, List<Finding> findings) {
    if (workers.valueStream().noneMatch(worker -> state(worker).equals("running"))) {
      findings.add(
          Finding.fail("no_worker", "no queue worker claims jobs", "start one: millrace worker"));
    }
    workers
        .valueStream()
        .filter(worker -> state(worker).equals("lost"))
        .forEach(
            worker ->
                findings.add(
                    Finding.warn(
                        "lost_worker",
                        "queue worker " + worker.path("worker_id").asText() + " was lost",
                        "look at its log; its jobs run again elsewhere")));
  }

  private static String state(JsonNode worker) {
    return worker.path("state").asText();
  }

  private static void schedules(JsonNode workers, List<Finding> findings) {
    for (JsonNode worker : workers) {
      String key = worker.path("worker_key").asText();
      if (worker.path("schedule_error").isTextual()) {
        findings.add(
            Finding.warn(
                "misfired",
                "background worker " + key + ": " + worker.path("schedule_error").asText(),
                "millrace why worker " + key + " says more"));
      }
      if (worker.path("paused_reason").isTextual()) {
        findings.add(
            Finding.note(
                "disabled",
                "background worker "
                    + key
                    + " is disabled: "
                    + worker.path("paused_reason").asText(),
                "millrace workers resume " + key));
      }
    }
  }

  private static void views(JsonNode views, List<Finding> findings) {
    for (JsonNode view : views) {
      String state = view.path("status").asText();
      if (state.equals("BLOCKED") || state.equals("FAILED")) {
        String name = view.path("view_name").asText();
        findings.add(
            Finding.warn(
                "view_" + state.toLowerCase(Locale.ROOT),
                "view " + name + " is " + state + ": " + view.path("reason").asText(),
                "millrace why view " + name + " says more"));
      }
    }
  }
}
