package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.app.log.Colour;
import dev.millrace.text.CodePoints;
import dev.millrace.text.Visible;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The status as text. */
final class StatusText {
  private static final String NO_BACKGROUND_WORKERS =
      "no background workers: INSERT INTO background_workers adds one (docs/scheduling.md),"
          + " `millrace migrate --seed` those of the five example workloads";

  /** Of a reason; the whole is in the API and in the log. */
  private static final int LONGEST_REASON = 300;

  private StatusText() {}

  static void print(JsonNode status, Screen screen) {
    asOf(status, screen);
    JsonNode ingestion = status.path("ingestion");
    String progress = screen.progress(ingestion.path("progress"));
    screen.line(
        "sync "
            + cell(ingestion, "sync_state")
            + (progress.isEmpty() ? "" : " " + progress)
            + ", last "
            + screen.moments().relative(ingestion, "last_sync_at")
            + ", next "
            + screen.moments().relative(ingestion, "next_scheduled_at"));
    String lost = reason(ingestion, "last_error");
    if (!lost.isEmpty()) {
      screen.line(Colour.RED, "MASTER SHEET " + lost);
    }
    scheduler(status.path("scheduler"), screen);
    screen.line("jobs " + counts(status.path("jobs")));
    status
        .path("troubles")
        .forEach(trouble -> screen.line(Colour.YELLOW, "TROUBLE " + trouble.asText()));
    unserved(status.path("unserved"), screen);
    JsonNode workers = status.path("background_workers");
    if (workers.isArray() && workers.isEmpty()) {
      screen.line(NO_BACKGROUND_WORKERS);
    }
    screen.part(backgroundWorkers(workers, screen));
    screen.part(views(status.path("views"), screen));
    screen.part(schedulerNodes(status.path("scheduler").path("nodes"), screen));
    screen.part(queueWorkers(status.path("queue_workers"), screen));
    screen.part(running(status.path("running_jobs"), screen));
  }

  private static void asOf(JsonNode status, Screen screen) {
    String line =
        "as of "
            + Moments.read(status, "as_of")
                .map(screen.moments()::local)
                .orElseGet(() -> cell(status, "as_of"));
    JsonNode degraded = status.path("degraded");
    boolean some = degraded.isContainerNode() ? !degraded.isEmpty() : degraded.asBoolean();
    if (some) {
      screen.line(Colour.RED, line + "  DEGRADED " + degraded);
    } else {
      screen.line(line);
    }
  }

  private static void scheduler(JsonNode scheduler, Screen screen) {
    if (!scheduler.isObject()) {
      screen.line("scheduler unknown");
      return;
    }
    int nodes = scheduler.path("nodes").size();
    String line =
        "scheduler "
            + scheduler.path("state").asText()
            + ", "
            + nodes
            + (nodes == 1 ? " node" : " nodes")
            + ", leader "
            + cell(scheduler, "leader");
    if (scheduler.path("trouble").isTextual()) {
      screen.line(Colour.RED, line + "  LATE " + scheduler.path("trouble").asText());
    } else {
      screen.line(line);
    }
  }

  /** Where jobs wait for a queue worker that there is not. */
  static void unserved(JsonNode lanes, Screen screen) {
    lanes.forEach(
        lane ->
            screen.line(
                Colour.RED,
                "UNSERVED "
                    + cell(lane, "kind")
                    + " jobs wait in queue "
                    + cell(lane, "queue")
                    + ", which no queue worker claims from"));
  }

  private static String counts(JsonNode jobs) {
    List<String> capped = new ArrayList<>();
    jobs.path("at_least").forEach(state -> capped.add(state.asText()));
    List<String> counts = new ArrayList<>();
    jobs.path("counts")
        .properties()
        .forEach(
            state ->
                counts.add(
                    Visible.line(
                        state.getKey()
                            + " "
                            + state.getValue().asText()
                            + (capped.contains(state.getKey()) ? " or more" : ""))));
    return String.join(", ", counts);
  }

  static Table backgroundWorkers(JsonNode workers, Screen screen) {
    Table table =
        new Table("BACKGROUND WORKER", "ENABLED", "LAST RUN", "STATUS", "NEXT RUN", "REASON");
    workers.forEach(
        worker ->
            table.row(
                cell(worker, "worker_key"),
                cell(worker, "enabled"),
                screen.moments().relative(worker, "last_run_at"),
                cell(worker, "last_run_status"),
                screen.moments().relative(worker, "next_run_at"),
                reason(worker, "schedule_error", "paused_reason", "last_run_error")));
    return table;
  }

  private static Table views(JsonNode views, Screen screen) {
    Table table = new Table("VIEW", "STATUS", "REFRESHED", "RESULT", "TOOK", "ROWS", "REASON");
    views.forEach(
        view ->
            table.row(
                cell(view, "view_name"),
                cell(view, "status"),
                screen.moments().relative(view, "last_refresh_at"),
                cell(view, "last_status"),
                Moments.took(view, "duration_ms"),
                cell(view, "rows"),
                reason(view, "reason", "last_error")));
    return table;
  }

  /** The first of some fields that says what is wrong; empty: nothing is. */
  static String reason(JsonNode row, String... fields) {
    return Stream.of(fields)
        .map(row::path)
        .filter(JsonNode::isTextual)
        .map(field -> CodePoints.first(Visible.line(field.asText()), LONGEST_REASON))
        .findFirst()
        .orElse("");
  }

  private static Table schedulerNodes(JsonNode nodes, Screen screen) {
    Table table = new Table("SCHEDULER NODE", "STATE", "CHECKED IN", "CLOCK SKEW MS");
    nodes.forEach(
        node ->
            table.row(
                cell(node, "node"),
                node.path("missing").asBoolean() ? "missing" : "running",
                screen.moments().relative(node, "last_checkin_at"),
                cell(node, "clock_skew_ms")));
    return table;
  }

  private static Table queueWorkers(JsonNode workers, Screen screen) {
    Table table = new Table("QUEUE WORKER", "STATE", "RUNNING", "CONCURRENCY", "HEARTBEAT");
    workers.forEach(
        worker ->
            table.row(
                cell(worker, "worker_id"),
                cell(worker, "state"),
                cell(worker, "running"),
                cell(worker, "concurrency"),
                screen.moments().relative(worker, "heartbeat_at")));
    return table;
  }

  private static Table running(JsonNode jobs, Screen screen) {
    Table table = new Table("JOB", "KIND", "STATE", "ATTEMPT", "WORKER", "STARTED", "PROGRESS");
    jobs.forEach(
        job ->
            table.row(
                cell(job, "id"),
                cell(job, "kind"),
                cell(job, "state"),
                cell(job, "attempt") + "/" + cell(job, "max_attempts"),
                cell(job, "worker_id"),
                screen.moments().relative(job, "started_at"),
                screen.progress(job.path("progress"))));
    return table;
  }
}
