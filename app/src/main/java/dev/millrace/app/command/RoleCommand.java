package dev.millrace.app.command;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.DataDirs;
import dev.millrace.app.config.Settings;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.log.Logging;
import dev.millrace.app.process.Node;
import dev.millrace.app.process.ParentProcess;
import dev.millrace.app.process.Role;
import dev.millrace.app.process.StopSignal;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs one role, or all roles, in this process until a signal stops it. */
@Command(
    mixinStandardHelpOptions = true,
    exitCodeList = {
      "0:a signal stopped it",
      "1:it failed",
      "2:a setting, a port or a service does not allow its start"
    })
public final class RoleCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(RoleCommand.class);

  private final Map<String, String> environment;
  private final Config.Needs needs;
  private final BiFunction<Config, DataDir, Node.Plan> plan;
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private final PlaceOptions place = new PlaceOptions();

  @Option(
      names = "--with-parent",
      paramLabel = "PID",
      description = "Stop, as at a SIGTERM, when the process of this number has ended.")
  private @Nullable Long parent;

  private RoleCommand(
      Map<String, String> environment,
      Config.Needs needs,
      BiFunction<Config, DataDir, Node.Plan> plan) {
    this.environment = environment;
    this.needs = needs;
    this.plan = plan;
  }

  /** {@code up}: all roles; embeds Postgres and Redis where no address is set. */
  public static CommandLine up(Map<String, String> environment) {
    return named(
        "up",
        new RoleCommand(environment, Config.Needs.NOTHING, Node.Plan::everything),
        "Runs all roles in one process.",
        "Postgres is embedded unless DATABASE_URL is set, Redis unless REDIS_URL is.");
  }

  /** {@code api}, {@code scheduler} or {@code worker}: that role alone. */
  public static CommandLine only(Role role, Map<String, String> environment) {
    String what =
        switch (role) {
          case API -> "the API";
          case SCHEDULER -> "one scheduler";
          case WORKER -> "one queue worker";
        };
    CommandLine line =
        named(
            role.text(),
            new RoleCommand(
                environment,
                Config.Needs.DATABASE_AND_REDIS,
                (config, dataDir) -> Node.Plan.only(role, config, dataDir)),
            "Runs " + what + " alone; needs DATABASE_URL and REDIS_URL.");
    if (role != Role.API) {
      // it listens nowhere
      line.getCommandSpec().remove(line.getCommandSpec().findOption("--port"));
    }
    return line;
  }

  private static CommandLine named(String name, RoleCommand command, String... description) {
    CommandLine line = new CommandLine(command);
    line.getCommandSpec().name(name).usageMessage().description(description);
    return line;
  }

  @Override
  public Integer call() {
    Config config =
        Config.read(place.over(Settings.of(environment)), needs, DataDirs.main(environment));
    Logging.toTerminal(environment);
    Node.Plan start = plan.apply(config, DataDir.open(config.dataDir()));
    StopSignal stop = StopSignal.install();
    if (parent != null) {
      ParentProcess.watch(parent, stop);
    }
    try (Node node = Node.start(start)) {
      log.info("{} started data={}", node.name(), start.dataDir().path());
      if (start.roles().containsAll(EnumSet.allOf(Role.class))) {
        new Welcome(environment, node, start.dataDir()).signIn().forEach(this::say);
      }
      stop.await();
    }
    return 0;
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }
}
