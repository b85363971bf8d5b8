package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The switches over stats jobs. */
@Command(
    name = "flags",
    description = "Lists the flags of stats jobs; or sets one.",
    mixinStandardHelpOptions = true)
public final class FlagsCommand extends ApiCommand implements Callable<Integer> {
  public FlagsCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    return list();
  }

  private int list() {
    return show(
        api().get("/flags").orThrow(),
        (answer, screen) -> table(answer.path("flags"), screen).print(screen));
  }

  @Command(
      name = "set",
      description = "Switches a flag on or off, whatever the environment says.",
      mixinStandardHelpOptions = true)
  int set(
      @Parameters(index = "0", paramLabel = "FLAG", description = "its name") String flag,
      @Parameters(index = "1", paramLabel = "true|false", description = "on or off") String enabled,
      @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why")
          String reason) {
    return changed(
        api()
            .put(
                "/flags/" + encoded(flag),
                body()
                    .put("enabled", WorkersCommand.flag("the second parameter", enabled))
                    .put("reason", reason))
            .orThrow());
  }

  @Command(
      name = "clear",
      description = "Has what the environment says hold again.",
      mixinStandardHelpOptions = true)
  int clear(
      @Parameters(paramLabel = "FLAG", description = "its name") String flag,
      @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why")
          String reason) {
    api().because(Optional.of(reason)).delete("/flags/" + encoded(flag)).orThrow();
    return changed(api().get("/flags/" + encoded(flag)).orThrow());
  }

  private int changed(JsonNode flag) {
    return show(
        flag, (answer, screen) -> table(body().arrayNode().add(answer), screen).print(screen));
  }

  private static Table table(JsonNode flags, Screen screen) {
    Table table = new Table("FLAG", "ENABLED", "SET BY", "CHANGED", "REASON");
    flags.forEach(
        flag ->
            table.row(
                cell(flag, "flag"),
                cell(flag, "enabled"),
                flag.path("changed_by").isTextual()
                    ? cell(flag, "changed_by")
                    : cell(flag, "source"),
                screen.moments().relative(flag, "changed_at"),
                cell(flag, "reason")));
    return table;
  }
}
