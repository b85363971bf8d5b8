package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.text.CodePoints;
import dev.millrace.text.Visible;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows what a running Millrace is doing. */
@Command(
    name = "status",
    description = "Shows what a running Millrace is doing.",
    mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {
  private static final String NO_BACKGROUND_WORKERS =
      "no background workers: INSERT INTO background_workers adds one (docs/scheduling.md),"
          + " `millrace migrate --seed` those of the five example workloads";

  /** Of a reason; the whole is in the API and in the log. */
  private static final int LONGEST_REASON = 300;

  private final Map<String, String> environment;
  @Mixin private final ClientOptions options = new ClientOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  public StatusCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    JsonNode status = options.client(environment).get("/status").orThrow();
    PrintWriter out = spec.commandLine().getOut();
    if (options.json()) {
      out.println(status.toPrettyString());
    } else {
      print(status, out);
    }
    out.flush();
    return 0;
  }

  private static void print(JsonNode status, PrintWriter out) {
    out.println("as of " + cell(status, "as_of") + degraded(status.path("degraded")));
    JsonNode ingestion = status.path("ingestion");
    out.println(
        "sync "
            + cell(ingestion, "sync_state")
            + progress(ingestion.path("progress"))
            + ", last "
            + cell(ingestion, "last_sync_at")
            + ", next "
            + cell(ingestion, "next_scheduled_at"));
    String lost = reason(ingestion, "last_error");
    if (!lost.isEmpty()) {
      out.println("MASTER SHEET " + lost);
    }
    out.println(scheduler(status.path("scheduler")));
    out.println("jobs " + counts(status.path("jobs").path("counts")));
    status
        .path("unserved")
        .forEach(
            lane ->
                out.println(
                    "UNSERVED "
                        + cell(lane, "kind")
                        + " jobs wait in queue "
                        + cell(lane, "queue")
                        + ", which no queue worker claims from"));
    JsonNode workers = status.path("background_workers");
    if (workers.isArray() && workers.isEmpty()) {
      out.println(NO_BACKGROUND_WORKERS);
    }
    part(out, backgroundWorkers(workers));
    part(out, views(status.path("views")));
    part(out, schedulerNodes(status.path("scheduler").path("nodes")));
    part(out, queueWorkers(status.path("queue_workers")));
    part(out, running(status.path("running_jobs")));
  }

  private static String scheduler(JsonNode scheduler) {
    if (!scheduler.isObject()) {
      return "scheduler unknown";
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
    return scheduler.path("trouble").isTextual()
        ? line + "  LATE " + Visible.line(scheduler.path("trouble").asText())
        : line;
  }

  private static String degraded(JsonNode degraded) {
    boolean some = degraded.isContainerNode() ? !degraded.isEmpty() : degraded.asBoolean();
    return some ? "  DEGRADED " + degraded : "";
  }

  private static String progress(JsonNode progress) {
    return progress.isObject()
        ? " " + cell(progress, "current") + "/" + cell(progress, "total")
        : "";
  }

  private static String counts(JsonNode jobs) {
    List<String> counts = new ArrayList<>();
    jobs.properties()
        .forEach(
            state -> counts.add(Visible.line(state.getKey() + " " + state.getValue().asText())));
    return String.join(", ", counts);
  }

  private static void part(PrintWriter out, Table table) {
    if (!table.isEmpty()) {
      out.println();
      table.print(out);
    }
  }

  private static Table backgroundWorkers(JsonNode workers) {
    Table table =
        new Table("BACKGROUND WORKER", "ENABLED", "LAST RUN", "STATUS", "NEXT RUN", "REASON");
    workers.forEach(
        worker ->
            table.row(
                cell(worker, "worker_key"),
                cell(worker, "enabled"),
                cell(worker, "last_run_at"),
                cell(worker, "last_run_status"),
                cell(worker, "next_run_at"),
                reason(worker, "schedule_error", "last_run_error")));
    return table;
  }

  private static Table views(JsonNode views) {
    Table table = new Table("VIEW", "STATUS", "REFRESHED", "RESULT", "MS", "ROWS", "REASON");
    views.forEach(
        view ->
            table.row(
                cell(view, "view_name"),
                cell(view, "status"),
                cell(view, "last_refresh_at"),
                cell(view, "last_status"),
                cell(view, "duration_ms"),
                cell(view, "rows"),
                reason(view, "reason", "last_error")));
    return table;
  }

  /** The first of some fields that says what is wrong; empty: nothing is. */
  private static String reason(JsonNode row, String... fields) {
    return Stream.of(fields)
        .map(row::path)
        .filter(JsonNode::isTextual)
        .map(field -> CodePoints.first(Visible.line(field.asText()), LONGEST_REASON))
        .findFirst()
        .orElse("");
  }

  private static Table schedulerNodes(JsonNode nodes) {
    Table table = new Table("SCHEDULER NODE", "STATE", "CHECKED IN", "CLOCK SKEW MS");
    nodes.forEach(
        node ->
            table.row(
                cell(node, "node"),
                node.path("missing").asBoolean() ? "missing" : "running",
                cell(node, "last_checkin_at"),
                cell(node, "clock_skew_ms")));
    return table;
  }

  private static Table queueWorkers(JsonNode workers) {
    Table table = new Table("QUEUE WORKER", "STATE", "RUNNING", "CONCURRENCY", "HEARTBEAT");
    workers.forEach(
        worker ->
            table.row(
                cell(worker, "worker_id"),
                cell(worker, "state"),
                cell(worker, "running"),
                cell(worker, "concurrency"),
                cell(worker, "heartbeat_at")));
    return table;
  }

  private static Table running(JsonNode jobs) {
    Table table = new Table("JOB", "KIND", "STATE", "ATTEMPT", "WORKER", "PROGRESS");
    jobs.forEach(
        job ->
            table.row(
                cell(job, "id"),
                cell(job, "kind"),
                cell(job, "state"),
                cell(job, "attempt") + "/" + cell(job, "max_attempts"),
                cell(job, "worker_id"),
                progress(job.path("progress")).strip()));
    return table;
  }
}
