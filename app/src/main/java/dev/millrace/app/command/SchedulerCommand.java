package dev.millrace.app.command;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.DataDirs;
import dev.millrace.app.config.Settings;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.log.Logging;
import dev.millrace.app.process.Node;
import dev.millrace.app.process.Role;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs one scheduler alone; needs DATABASE_URL and REDIS_URL. */
@Command(
    name = "scheduler",
    description = "Runs one scheduler alone; needs DATABASE_URL and REDIS_URL.",
    mixinStandardHelpOptions = true)
public final class SchedulerCommand implements Callable<Integer> {
  private final Map<String, String> environment;
  @Mixin private final PlaceOptions place = new PlaceOptions();

  public SchedulerCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    Config config =
        Config.read(
            place.over(Settings.of(environment)),
            Config.Needs.DATABASE_AND_REDIS,
            DataDirs.main(environment));
    Logging.toTerminal(environment);
    return ServeUntilStopped.untilStopped(
        Node.Plan.only(Role.SCHEDULER, config, DataDir.open(config.dataDir())));
  }
}
