package dev.millrace.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.MillraceException;
import dev.millrace.app.demo.ConsoleProgress;
import dev.millrace.app.error.UserError;
import dev.millrace.app.http.ApiClient;
import dev.millrace.app.log.Colour;
import dev.millrace.app.log.Output;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what a running Millrace is doing. */
@Command(
    name = "status",
    description = "Shows what a running Millrace is doing.",
    mixinStandardHelpOptions = true)
public final class StatusCommand extends ApiCommand implements Callable<Integer> {
  @Option(
      names = {"-w", "--watch"},
      description = "show it anew until Ctrl-C ends it")
  private boolean watch;

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description = "with --watch: how often, 1 to 3600 (default: ${DEFAULT-VALUE})")
  private int every;

  public StatusCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    if (every < 1 || every > 3_600) {
      throw new UserError("--every must be 1 to 3600 seconds, was " + every);
    }
    ApiClient api = api();
    JsonNode status = api.get("/status").orThrow();
    if (!watch) {
      return show(status, StatusText::print);
    }
    Every pause = Every.seconds(every);
    frame(status);
    while (pause.next()) {
      try {
        status = api.get("/status").orThrow();
        frame(status);
      } catch (MillraceException e) {
        // what was shown last stays on the screen above it
        screen().line(Colour.RED, "NOT CURRENT " + e.getMessage());
        out().flush();
      }
    }
    return 0;
  }

  private void frame(JsonNode status) {
    if (!json() && ConsoleProgress.isTerminal() && out() instanceof Output.Printer printer) {
      printer.clearScreen();
    }
    show(status, StatusText::print);
    if (!json() && !ConsoleProgress.isTerminal()) {
      screen().blank();
    }
  }
}
