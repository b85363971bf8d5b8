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

/** Queues: what is paused and what is not served. */
@Command(
    name = "queues",
    description = "Lists pauses and queues that no queue worker serves; or pauses and resumes one.",
    mixinStandardHelpOptions = true)
public final class QueuesCommand extends ApiCommand implements Callable<Integer> {
  public QueuesCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    ObjectNode both = body();
    both.set("pauses", api().get("/pauses?limit=200").orThrow().path("pauses"));
    both.set("unserved", api().get("/status").orThrow().path("unserved"));
    return show(both, QueuesCommand::list);
  }

  private static void list(JsonNode answer, Screen screen) {
    Table pauses = new Table("QUEUE", "KIND", "PAUSED", "BY", "REASON");
    answer
        .path("pauses")
        .forEach(
            pause ->
                pauses.row(
                    cell(pause, "queue"),
                    cell(pause, "kind"),
                    screen.moments().relative(pause, "paused_at"),
                    cell(pause, "paused_by"),
                    cell(pause, "reason")));
    if (pauses.isEmpty()) {
      screen.line("no queue and no kind is paused");
    }
    screen.table(pauses);
    StatusText.unserved(answer.path("unserved"), screen);
  }

  @Command(
      name = "pause",
      description = "Has nothing claimed of a queue, or of a kind, until it is resumed.",
      mixinStandardHelpOptions = true)
  int pause(
      @Parameters(
              paramLabel = "QUEUE",
              arity = "0..1",
              description = "its name; without one, --kind in all queues")
          Optional<String> queue,
      @Option(names = "--kind", paramLabel = "KIND", description = "only this kind")
          Optional<String> kind,
      @Option(
              names = "--reason",
              paramLabel = "TEXT",
              required = true,
              description = "why, shown until it is resumed")
          String reason) {
    ObjectNode pause = body().put("reason", reason);
    lane(queue, kind);
    queue.ifPresent(name -> pause.put("queue", name));
    kind.ifPresent(name -> pause.put("kind", name));
    api().post("/pauses", Optional.of(pause)).orThrow();
    screen().line("paused: " + lane(queue, kind));
    return 0;
  }

  @Command(
      name = "resume",
      description = "Has jobs of it claimed again.",
      mixinStandardHelpOptions = true)
  int resume(
      @Parameters(paramLabel = "QUEUE", arity = "0..1", description = "as it was paused")
          Optional<String> queue,
      @Option(names = "--kind", paramLabel = "KIND", description = "as it was paused")
          Optional<String> kind,
      @Mixin WithReason reason) {
    String lane = lane(queue, kind);
    String query =
        queue.map(name -> "&queue=" + encoded(name)).orElse("")
            + kind.map(name -> "&kind=" + encoded(name)).orElse("");
    api().because(reason.text()).delete("/pauses" + query.replaceFirst("&", "?")).orThrow();
    screen().line("resumed: " + lane);
    return 0;
  }

  private static String lane(Optional<String> queue, Optional<String> kind) {
    if (queue.isEmpty() && kind.isEmpty()) {
      throw new UserError("name a QUEUE, a --kind or both");
    }
    return queue.map(name -> "queue " + name).orElse("all queues")
        + kind.map(name -> ", kind " + name).orElse("");
  }
}
