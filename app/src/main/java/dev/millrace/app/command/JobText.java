package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.app.log.Colour;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Jobs as text. */
final class JobText {
  /** What {@link #detail} does not repeat as {@code name value}. */
  private static final Set<String> APART =
      Set.of(
          "id",
          "kind",
          "queue",
          "state",
          "error",
          "payload",
          "result",
          "progress",
          "children",
          "attempts",
          "log");

  private JobText() {}

  static void list(JsonNode page, Screen screen) {
    Table table = new Table("JOB", "KIND", "QUEUE", "STATE", "ATTEMPT", "CREATED", "ERROR");
    page.path("jobs")
        .forEach(
            job ->
                table.row(
                    cell(job, "id"),
                    cell(job, "kind"),
                    cell(job, "queue"),
                    cell(job, "state"),
                    cell(job, "attempt") + "/" + cell(job, "max_attempts"),
                    screen.moments().relative(job, "created_at"),
                    cell(job, "error")));
    table.print(screen);
  }

  static void detail(JsonNode job, Screen screen) {
    screen.line(
        "job "
            + cell(job, "id")
            + ": "
            + cell(job, "kind")
            + " in queue "
            + cell(job, "queue")
            + ", "
            + cell(job, "state")
            + bar(job, screen));
    if (job.path("error").isTextual()) {
      screen.line(Colour.RED, "error: " + job.path("error").asText());
    }
    Table facts = new Table("", "");
    for (Map.Entry<String, JsonNode> field : job.properties()) {
      if (!APART.contains(field.getKey()) && !field.getValue().isNull()) {
        facts.row(
            "  " + field.getKey().replace('_', ' '), screen.moments().both(job, field.getKey()));
      }
    }
    facts.printRows(screen);
    children(job.path("children"), screen);
    screen.line("payload " + job.path("payload"));
    if (!job.path("result").isMissingNode() && !job.path("result").isNull()) {
      screen.line("result " + job.path("result"));
    }
    screen.part(attempts(job.path("attempts"), screen));
    List<String> log = new LogLines(screen).newLines(job);
    if (!log.isEmpty()) {
      screen.blank();
      log.forEach(screen::line);
    }
  }

  private static String bar(JsonNode job, Screen screen) {
    JsonNode progress = job.path("progress");
    String message = progress.path("message").asText("");
    String numbers = screen.progress(progress);
    return (numbers.isEmpty() ? "" : " " + numbers) + (message.isEmpty() ? "" : " " + message);
  }

  private static void children(JsonNode children, Screen screen) {
    if (children.path("total").asLong() == 0) {
      return;
    }
    List<String> states = new ArrayList<>();
    children
        .path("by_state")
        .properties()
        .forEach(state -> states.add(state.getValue().asText() + " " + state.getKey()));
    screen.line(
        "children "
            + cell(children, "total")
            + (children.path("more").asBoolean() ? " and more" : "")
            + ": "
            + String.join(", ", states));
  }

  private static Table attempts(JsonNode attempts, Screen screen) {
    Table table = new Table("ATTEMPT", "OUTCOME", "WORKER", "STARTED", "TOOK", "ERROR");
    attempts.forEach(
        attempt ->
            table.row(
                cell(attempt, "attempt"),
                cell(attempt, "outcome"),
                cell(attempt, "worker_id"),
                screen.moments().relative(attempt, "started_at"),
                Moments.between(attempt, "started_at", "finished_at"),
                cell(attempt, "error")));
    return table;
  }
}
