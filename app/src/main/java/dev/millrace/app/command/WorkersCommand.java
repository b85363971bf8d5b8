package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.app.error.UserError;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Background workers: lists them, runs and changes one. */
@Command(
    name = "workers",
    description = "Lists background workers; or runs, pauses and changes one.",
    mixinStandardHelpOptions = true)
public final class WorkersCommand extends ApiCommand implements Callable<Integer> {
  public WorkersCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    return show(
        api().get("/workers").orThrow(),
        (answer, screen) ->
            StatusText.backgroundWorkers(answer.path("workers"), screen).print(screen));
  }

  @Command(
      name = "show",
      description = "Shows one background worker and its newest runs.",
      mixinStandardHelpOptions = true)
  int show(@Parameters(paramLabel = "WORKER", description = "its key") String worker) {
    JsonNode answer = api().get(path(worker)).orThrow();
    JsonNode runs = api().get(path(worker) + "/runs?limit=10").orThrow();
    ObjectNode both = body();
    both.set("worker", answer);
    both.set("runs", runs.path("runs"));
    return show(both, WorkersCommand::detail);
  }

  @Command(
      name = "run",
      description = "Runs it now and waits for the end, up to 30 s.",
      mixinStandardHelpOptions = true,
      exitCodeList = {"0:it completed, or goes on", "1:it failed", "2:it was not run"})
  int run(
      @Parameters(paramLabel = "WORKER", description = "its key") String worker,
      @Mixin WithReason reason) {
    JsonNode answer =
        api().because(reason.text()).post(path(worker) + "/run-once", Optional.empty()).orThrow();
    show(answer, WorkersCommand::ran);
    return answer.path("status").asText().equals("error") ? 1 : 0;
  }

  private static void ran(JsonNode answer, Screen screen) {
    String status = answer.path("status").asText();
    screen.line(
        status.equals("running")
            ? "still running as job " + cell(answer, "job_id")
            : answer.path("message").isTextual()
                ? status + ": " + answer.path("message").asText()
                : status);
  }

  @Command(
      name = "pause",
      description = "Disables it; a run in progress goes on.",
      mixinStandardHelpOptions = true)
  int pause(
      @Parameters(paramLabel = "WORKER", description = "its key") String worker,
      @Option(
              names = "--reason",
              paramLabel = "TEXT",
              required = true,
              description = "why, shown until it is resumed")
          String reason) {
    return changed(
        api().post(path(worker) + "/pause", Optional.of(body().put("reason", reason))).orThrow());
  }

  @Command(name = "resume", description = "Enables it again.", mixinStandardHelpOptions = true)
  int resume(
      @Parameters(paramLabel = "WORKER", description = "its key") String worker,
      @Mixin WithReason reason) {
    return changed(
        api().because(reason.text()).post(path(worker) + "/resume", Optional.empty()).orThrow());
  }

  @Command(name = "set", description = "Changes when it runs.", mixinStandardHelpOptions = true)
  int set(
      @Parameters(paramLabel = "WORKER", description = "its key") String worker,
      @Option(
              names = "--enabled",
              paramLabel = "true|false",
              description = "whether its schedule runs it (default: as it is)")
          Optional<String> enabled,
      @Option(
              names = "--interval",
              paramLabel = "SECONDS",
              description =
                  "how long from one run to the next (default: as it is); takes the place of a cron expression")
          Optional<Integer> interval,
      @Option(
              names = "--cron",
              paramLabel = "EXPRESSION",
              description = "such as '*/10 8-18 * * 1-5'; takes the place of an interval")
          Optional<String> cron,
      @Option(names = "--zone", paramLabel = "ZONE", description = "such as Europe/Berlin")
          Optional<String> zone,
      @Mixin WithReason reason) {
    ObjectNode change = body();
    enabled.ifPresent(text -> change.put("enabled", flag("--enabled", text)));
    interval.ifPresent(seconds -> change.put("interval_seconds", seconds));
    cron.ifPresent(text -> change.put("cron", text));
    zone.ifPresent(text -> change.put("time_zone", text));
    if (change.isEmpty()) {
      throw new UserError("workers set needs --enabled, --interval, --cron or --zone");
    }
    return changed(api().because(reason.text()).put(path(worker), change).orThrow());
  }

  @Command(name = "next", description = "Lists its next runs.", mixinStandardHelpOptions = true)
  int next(
      @Parameters(paramLabel = "WORKER", description = "its key") String worker,
      @Option(
              names = "--count",
              paramLabel = "N",
              defaultValue = "5",
              description = "how many, 1 to 100 (default: ${DEFAULT-VALUE})")
          int count) {
    return show(
        api().get(path(worker) + "/next-runs?count=" + count).orThrow(),
        (answer, screen) -> {
          Table table = new Table("NEXT RUN", cell(answer, "time_zone"));
          answer
              .path("next_runs")
              .forEach(run -> table.row(screen.moments().both(run, "at"), cell(run, "local")));
          table.print(screen);
          if (answer.path("enabled").isBoolean() && !answer.path("enabled").asBoolean()) {
            screen.line("It is disabled: none of these runs happens until it is resumed.");
          }
        });
  }

  private int changed(JsonNode answer) {
    return show(
        answer,
        (worker, screen) ->
            StatusText.backgroundWorkers(body().arrayNode().add(worker), screen).print(screen));
  }

  private static void detail(JsonNode both, Screen screen) {
    both.path("worker")
        .properties()
        .forEach(
            field -> {
              if (!field.getValue().isNull()) {
                screen.line(
                    field.getKey().replace('_', ' ')
                        + ": "
                        + screen.moments().both(both.path("worker"), field.getKey()));
              }
            });
    Table runs = new Table("JOB", "STATE", "BY", "STARTED", "TOOK", "ERROR");
    both.path("runs")
        .forEach(
            run ->
                runs.row(
                    cell(run, "job_id"),
                    cell(run, "state"),
                    cell(run, "trigger"),
                    screen.moments().relative(run, "started_at"),
                    Moments.took(run, "duration_ms"),
                    cell(run, "error")));
    screen.part(runs);
  }

  static boolean flag(String option, String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new UserError(option + " must be true or false, was '" + text + "'");
    };
  }

  private static String path(String worker) {
    return "/workers/" + encoded(worker);
  }
}
