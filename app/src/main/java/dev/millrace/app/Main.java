package dev.millrace.app;

import dev.millrace.NoDeserialization;
import dev.millrace.app.command.CompletionCommand;
import dev.millrace.app.command.DemoCommand;
import dev.millrace.app.command.DoctorCommand;
import dev.millrace.app.command.EnqueueCommand;
import dev.millrace.app.command.FlagsCommand;
import dev.millrace.app.command.JobsCommand;
import dev.millrace.app.command.KeyCommand;
import dev.millrace.app.command.MigrateCommand;
import dev.millrace.app.command.QueuesCommand;
import dev.millrace.app.command.RoleCommand;
import dev.millrace.app.command.StatusCommand;
import dev.millrace.app.command.SyncCommand;
import dev.millrace.app.command.UserCommand;
import dev.millrace.app.command.ViewsCommand;
import dev.millrace.app.command.WhyCommand;
import dev.millrace.app.command.WorkersCommand;
import dev.millrace.app.config.EnvFile;
import dev.millrace.app.config.SettingNames;
import dev.millrace.app.error.UserError;
import dev.millrace.app.log.Logging;
import dev.millrace.app.log.Output;
import dev.millrace.app.process.Role;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The {@code millrace} command. Exit codes: 0 done, 1 failed, 2 refused before any change. */
@Command(
    name = "millrace",
    description = "A job-queue platform: Postgres decides, Redis hurries.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "`millrace bench` measures the queue, and its peers beside it; `millrace drill` kills its services",
      "and checks that nothing is lost; `millrace test` runs the test suite.",
      "Settings are environment variables, and lines of the file .env in the working directory or of the one",
      "that --env-file PATH names: see docs/operations.md."
    })
public final class Main {
  private static final Logger log = LoggerFactory.getLogger(Main.class);

  /** The commands that read all settings. */
  private static final Set<String> CONFIGURED =
      Set.of("demo", "up", "api", "scheduler", "worker", "migrate", "doctor");

  private Main() {}

  /** Runs one command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(start(args));
  }

  private static int start(String[] args) {
    try {
      if (CommandLineText.isUtf8()) {
        return run(System.getenv(), args);
      }
      CommandLineText text = CommandLineText.ofThisProcess();
      return run(text.environment(System.getenv()), text.arguments(args));
    } catch (UserError e) {
      Output.visible(System.err).println("millrace: " + e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
  }

  static int run(Map<String, String> environment, String... args) {
    NoDeserialization.enforce();
    EnvFile.Arguments given = EnvFile.Arguments.of(args);
    EnvFile file = EnvFile.read(environment, given.named(), Path.of(""));
    Logging.quiet(file.variables());
    warn(file, given.rest());
    return command(file.variables(), Output.visible(System.out), Output.visible(System.err))
        .execute(given.rest().toArray(String[]::new));
  }

  private static void warn(EnvFile file, List<String> args) {
    file.warnings().forEach(log::warn);
    if (!args.isEmpty() && CONFIGURED.contains(args.get(0))) {
      SettingNames.warnings(file.variables()).forEach(log::warn);
    }
  }

  /** All commands, and where they print. */
  static CommandLine command(Map<String, String> environment, PrintWriter out, PrintWriter err) {
    CommandErrors failures = new CommandErrors();
    return new CommandLine(new Main())
        .addSubcommand(new DemoCommand(environment))
        .addSubcommand(RoleCommand.up(environment))
        .addSubcommand(RoleCommand.only(Role.API, environment))
        .addSubcommand(RoleCommand.only(Role.SCHEDULER, environment))
        .addSubcommand(RoleCommand.only(Role.WORKER, environment))
        .addSubcommand(new MigrateCommand(environment))
        .addSubcommand(new StatusCommand(environment))
        .addSubcommand(new DoctorCommand(environment))
        .addSubcommand(new JobsCommand(environment))
        .addSubcommand(new WhyCommand(environment))
        .addSubcommand(new EnqueueCommand(environment))
        .addSubcommand(new WorkersCommand(environment))
        .addSubcommand(new ViewsCommand(environment))
        .addSubcommand(new SyncCommand(environment))
        .addSubcommand(new QueuesCommand(environment))
        .addSubcommand(new FlagsCommand(environment))
        .addSubcommand(new UserCommand(environment, System.in))
        .addSubcommand(new KeyCommand(environment))
        .addSubcommand(new CompletionCommand())
        .registerConverter(Integer.class, wholeNumber(Integer::valueOf))
        .registerConverter(int.class, wholeNumber(Integer::valueOf))
        .registerConverter(Long.class, wholeNumber(Long::valueOf))
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        // colour escapes would be printed as visible text
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setOut(out)
        .setErr(err);
  }

  private static <N> ITypeConverter<N> wholeNumber(Function<String, N> read) {
    return text -> {
      try {
        return read.apply(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("must be a whole number, was '" + text + "'");
      }
    };
  }
}
