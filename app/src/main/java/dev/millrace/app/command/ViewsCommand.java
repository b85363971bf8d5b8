package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.app.log.Colour;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Materialized views: how fresh they are, and what refreshes them. */
@Command(
    name = "views",
    description = "Lists materialized views and how fresh they are; or refreshes and watches one.",
    mixinStandardHelpOptions = true)
public final class ViewsCommand extends ApiCommand implements Callable<Integer> {
  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "only those that are FRESH, DUE, LATE, BLOCKED, FAILED or NEVER")
  private Optional<String> status = Optional.empty();

  @Option(names = "--group", paramLabel = "GROUP", description = "only those of a group")
  private Optional<String> group = Optional.empty();

  public ViewsCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    String query =
        status.map(text -> "&status=" + encoded(text)).orElse("")
            + group.map(text -> "&group=" + encoded(text)).orElse("");
    return show(
        api().get("/materialized-views" + query.replaceFirst("&", "?")).orThrow(),
        ViewsCommand::list);
  }

  @Command(
      name = "show",
      description = "Shows one view: its size, what it reads, what is wrong, its newest refreshes.",
      mixinStandardHelpOptions = true)
  int show(@Parameters(paramLabel = "VIEW", description = "its name") String view) {
    return show(api().get(path(view)).orThrow(), ViewsCommand::detail);
  }

  @Command(
      name = "refresh",
      description = "Enqueues a refresh, or joins one that is under way.",
      mixinStandardHelpOptions = true)
  int refresh(
      @Parameters(paramLabel = "VIEW", description = "its name") String view,
      @Option(names = "--wait", description = "until it has ended; exit code 1 when it failed")
          boolean wait,
      @Mixin WithReason reason) {
    var api = api().because(reason.text());
    JsonNode asked = api.post(path(view) + "/refresh", Optional.empty()).orThrow();
    show(
        asked,
        (answer, screen) ->
            screen.line("job " + cell(answer, "job_id") + " " + cell(answer, "status")));
    return wait ? new JobEnd(api, screen()).await(asked.path("job_id").asText(), json()) : 0;
  }

  @Command(
      name = "watch",
      description = "Has changes of a table refresh the view.",
      mixinStandardHelpOptions = true)
  int watch(
      @Parameters(index = "0", paramLabel = "VIEW", description = "its name") String view,
      @Parameters(index = "1", paramLabel = "TABLE", description = "with its schema") String table,
      @Option(
              names = "--columns",
              paramLabel = "COLUMN",
              split = ",",
              description = "only changes of these columns; none: of any")
          List<String> columns,
      @Option(
              names = "--method",
              paramLabel = "trigger|counter",
              description = "how changes are seen (default: trigger)")
          Optional<String> method,
      @Mixin WithReason reason) {
    ObjectNode watch = body();
    if (columns != null && !columns.isEmpty()) {
      ArrayNode names = watch.putArray("columns");
      columns.forEach(names::add);
    }
    method.ifPresent(text -> watch.put("method", text));
    return show(
        api()
            .because(reason.text())
            .put(path(view) + "/watches/" + encoded(table), watch)
            .orThrow(),
        (answer, screen) -> screen.table(watches(answer)));
  }

  @Command(
      name = "unwatch",
      description = "Has changes of a table refresh the view no more.",
      mixinStandardHelpOptions = true)
  int unwatch(
      @Parameters(index = "0", paramLabel = "VIEW", description = "its name") String view,
      @Parameters(index = "1", paramLabel = "TABLE", description = "with its schema") String table,
      @Mixin WithReason reason) {
    api().because(reason.text()).delete(path(view) + "/watches/" + encoded(table)).orThrow();
    screen().line(view + " does not watch " + table + " any more");
    return 0;
  }

  @Command(
      name = "blocking",
      description = "Lists sessions that wait for a lock, and those that hold it.",
      mixinStandardHelpOptions = true)
  int blocking() {
    return show(
        api().get("/materialized-views/blocking").orThrow(),
        (answer, screen) -> answer.path("sessions").forEach(session -> blocked(session, screen)));
  }

  private static void blocked(JsonNode session, Screen screen) {
    session
        .properties()
        .forEach(
            field -> {
              if (!field.getKey().equals("blockers") && !field.getValue().isNull()) {
                screen.line(
                    field.getKey().replace('_', ' ') + ": " + cell(session, field.getKey()));
              }
            });
    session.path("blockers").forEach(blocker -> screen.line("  blocked by " + blocker));
    screen.blank();
  }

  private static void list(JsonNode answer, Screen screen) {
    Table table = new Table("VIEW", "STATUS", "AS OF", "NEXT", "ROWS", "P95", "FAILURES", "REASON");
    answer
        .path("views")
        .forEach(
            view ->
                table.row(
                    cell(view, "view_name"),
                    view.path("refreshing").asBoolean() ? "refreshing" : cell(view, "status"),
                    screen.moments().relative(view, "fresh_as_of"),
                    screen.moments().relative(view, "due_at"),
                    cell(view, "rows"),
                    Moments.took(view, "p95_ms"),
                    cell(view, "failures_in_row"),
                    StatusText.reason(view, "reason", "last_error")));
    screen.table(table);
    JsonNode statistics = answer.path("statistics");
    screen.line(
        "last 24 h: "
            + cell(statistics, "total_refreshes")
            + " refreshes, "
            + cell(statistics, "failed")
            + " failed");
    answer
        .path("unknown_requests")
        .forEach(
            name ->
                screen.line(
                    Colour.YELLOW,
                    "UNKNOWN a trigger asks for " + name.asText() + ", which is no view"));
  }

  private static void detail(JsonNode answer, Screen screen) {
    JsonNode view = answer.path("view");
    screen.line(cell(view, "view_name") + ": " + cell(view, "status"));
    view.properties()
        .forEach(
            field -> {
              if (!field.getValue().isNull() && field.getValue().isValueNode()) {
                screen.line(
                    "  "
                        + field.getKey().replace('_', ' ')
                        + ": "
                        + screen.moments().both(view, field.getKey()));
              }
            });
    answer.path("problems").forEach(problem -> problem(problem, screen));
    screen.part(watches(answer));
    Table history = new Table("REFRESHED", "STATUS", "MODE", "TOOK", "ROWS", "ERROR");
    answer
        .path("history")
        .forEach(
            run ->
                history.row(
                    screen.moments().relative(run, "refresh_completed_at"),
                    cell(run, "status"),
                    cell(run, "mode"),
                    Moments.took(run, "duration_ms"),
                    cell(run, "rows"),
                    cell(run, "error")));
    screen.part(history);
  }

  private static void problem(JsonNode problem, Screen screen) {
    boolean error = problem.path("severity").asText().equals("error");
    screen.line(
        error ? Colour.RED : Colour.YELLOW,
        problem.path("severity").asText() + ": " + problem.path("message").asText());
    if (problem.path("fix_sql").isTextual()) {
      screen.line("  " + problem.path("fix_sql").asText());
    }
  }

  private static Table watches(JsonNode answer) {
    Table table = new Table("WATCHES", "COLUMNS", "METHOD", "FAULT");
    answer
        .path("watches")
        .forEach(
            watch ->
                table.row(
                    cell(watch, "source"),
                    cell(watch, "columns"),
                    cell(watch, "method"),
                    cell(watch, "fault")));
    return table;
  }

  private static String path(String view) {
    return "/materialized-views/" + encoded(view);
  }
}
