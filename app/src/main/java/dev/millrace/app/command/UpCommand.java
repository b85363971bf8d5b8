package dev.millrace.app.command;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.DataDirs;
import dev.millrace.app.config.Settings;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.log.Logging;
import dev.millrace.app.process.Node;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs everything in one process. */
@Command(
    name = "up",
    description = {
      "Runs all roles in one process.",
      "Postgres is embedded unless DATABASE_URL is set, Redis unless REDIS_URL is."
    },
    mixinStandardHelpOptions = true)
public final class UpCommand implements Callable<Integer> {
  private final Map<String, String> environment;
  @Mixin private final PlaceOptions place = new PlaceOptions();

  public UpCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    Config config =
        Config.read(
            place.over(Settings.of(environment)), Config.Needs.NOTHING, DataDirs.main(environment));
    Logging.toTerminal(environment);
    return ServeUntilStopped.untilStopped(
        Node.Plan.everything(config, DataDir.open(config.dataDir())));
  }
}
