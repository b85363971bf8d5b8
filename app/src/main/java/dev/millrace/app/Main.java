package dev.millrace.app;

import dev.millrace.NoDeserialization;
import dev.millrace.app.command.AuditCommand;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
    exitCodeList = {"0:done", "1:failed", "2:refused before any change"},
    footer = {
      "",
      "`millrace bench` measures the queue, and its peers beside it; `millrace drill` kills its services",
      "and checks that nothing is lost; `millrace test` runs the test suite.",
      "Settings are environment variables, and lines of the file .env in the working directory or of the one",
      "that --env-file PATH names: see docs/operations.md."
    })
public final class Main {
  /** The commands that read all settings. */
  private static final Set<String> CONFIGURED =
      Set.of("demo", "up", "api", "scheduler", "worker", "migrate", "doctor");

  private static final String COMPLETION = "completion";

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
    return command(
            file.variables(), given.rest(), Output.visible(System.out), Output.visible(System.err))
        .execute(given.rest().toArray(String[]::new));
  }

  private static void warn(EnvFile file, List<String> args) {
    file.warnings().forEach(Main::warn);
    if (!args.isEmpty() && CONFIGURED.contains(args.get(0))) {
      SettingNames.warnings(file.variables()).forEach(Main::warn);
    }
  }

  private static void warn(String warning) {
    LoggerFactory.getLogger(Main.class).warn(warning);
  }

  /** All commands, and where they print. */
  static CommandLine command(Map<String, String> environment, PrintWriter out, PrintWriter err) {
    return command(commands(environment).values().stream().map(Supplier::get), out, err);
  }

  /** The command that is named; all, when none is: making one takes milliseconds. */
  private static CommandLine command(
      Map<String, String> environment, List<String> args, PrintWriter out, PrintWriter err) {
    Map<String, Supplier<Object>> all = commands(environment);
    boolean one =
        !args.isEmpty() && all.containsKey(args.get(0)) && !args.get(0).equals(COMPLETION);
    Stream<Supplier<Object>> needed = one ? Stream.of(all.get(args.get(0))) : all.values().stream();
    return command(needed.map(Supplier::get), out, err);
  }

  private static Map<String, Supplier<Object>> commands(Map<String, String> environment) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("demo", () -> new DemoCommand(environment));
    commands.put("up", () -> RoleCommand.up(environment));
    commands.put("api", () -> RoleCommand.only(Role.API, environment));
    commands.put("scheduler", () -> RoleCommand.only(Role.SCHEDULER, environment));
    commands.put("worker", () -> RoleCommand.only(Role.WORKER, environment));
    commands.put("migrate", () -> new MigrateCommand(environment));
    commands.put("status", () -> new StatusCommand(environment));
    commands.put("doctor", () -> new DoctorCommand(environment));
    commands.put("jobs", () -> new JobsCommand(environment));
    commands.put("why", () -> new WhyCommand(environment));
    commands.put("enqueue", () -> new EnqueueCommand(environment));
    commands.put("workers", () -> new WorkersCommand(environment));
    commands.put("views", () -> new ViewsCommand(environment));
    commands.put("sync", () -> new SyncCommand(environment));
    commands.put("queues", () -> new QueuesCommand(environment));
    commands.put("flags", () -> new FlagsCommand(environment));
    commands.put("audit", () -> new AuditCommand(environment));
    commands.put("user", () -> new UserCommand(environment, System.in));
    commands.put("key", () -> new KeyCommand(environment));
    commands.put(COMPLETION, CompletionCommand::new);
    return commands;
  }

  private static CommandLine command(Stream<Object> commands, PrintWriter out, PrintWriter err) {
    CommandErrors failures = new CommandErrors();
    CommandLine millrace = new CommandLine(new Main());
    commands.forEach(millrace::addSubcommand);
    return millrace
        .registerConverter(Integer.class, wholeNumber(Integer::valueOf))
        .registerConverter(int.class, wholeNumber(Integer::valueOf))
        .registerConverter(Long.class, wholeNumber(Long::valueOf))
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        // colour escapes would be printed as visible text
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setHelpFactory(new Manual())
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
