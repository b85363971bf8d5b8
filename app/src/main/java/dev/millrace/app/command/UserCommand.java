package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.app.demo.ConsoleProgress;
import dev.millrace.app.error.UserError;
import dev.millrace.app.http.ApiClient;
import dev.millrace.json.Json;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The users who may sign in. */
@Command(
    name = "user",
    description = "Adds, lists and disables the users who may sign in.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class UserCommand implements Runnable {
  private final Map<String, String> environment;
  private final InputStream in;

  @Spec private CommandSpec spec = CommandSpec.create();

  /**
   * The command.
   *
   * @param in where a password is read from when there is no terminal
   */
  public UserCommand(Map<String, String> environment, InputStream in) {
    this.environment = environment;
    this.in = in;
  }

  /** This command with its subcommands. */
  public static CommandLine of(Map<String, String> environment, InputStream in) {
    UserCommand user = new UserCommand(environment, in);
    return new CommandLine(user)
        .addSubcommand(user.new Add())
        .addSubcommand(user.new ListAll())
        .addSubcommand(user.new Disable())
        .addSubcommand(user.new Password())
        .addSubcommand(user.new Link());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing required subcommand");
  }

  /** Adds a user. */
  @Command(
      name = "add",
      description = "Adds a user; the password is asked for, or is the first line of the input.",
      mixinStandardHelpOptions = true)
  final class Add implements Callable<Integer> {
    @Mixin private final ClientOptions options = new ClientOptions();

    @Parameters(index = "0", paramLabel = "NAME", description = "a-z, 0-9 and . _ @ -")
    private String name = "";

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        required = true,
        description = "viewer, operator or admin")
    private String role = "";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      ObjectNode body = Json.mapper().createObjectNode();
      body.put("name", name).put("role", role).put("password", password(in));
      JsonNode user = options.client(environment).post("/users", Optional.of(body)).orThrow();
      print(spec, options, user, "user %s added with the role %s");
      return 0;
    }
  }

  /** Lists the users. */
  @Command(name = "list", description = "Lists all users.", mixinStandardHelpOptions = true)
  final class ListAll implements Callable<Integer> {
    @Mixin private final ClientOptions options = new ClientOptions();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      JsonNode list = options.client(environment).get("/users").orThrow();
      PrintWriter out = spec.commandLine().getOut();
      if (options.json()) {
        out.println(list.toPrettyString());
      } else {
        Table table = new Table("NAME", "ROLE", "CREATED", "DISABLED");
        list.path("users")
            .forEach(
                user ->
                    table.row(
                        cell(user, "name"),
                        cell(user, "role"),
                        cell(user, "created_at"),
                        cell(user, "disabled_at")));
        table.print(new Screen(out, ConsoleProgress.isTerminal(), environment, Moments.here()));
      }
      out.flush();
      return 0;
    }
  }

  /** Disables a user. */
  @Command(
      name = "disable",
      description = "Disables a user and ends its sessions. Its row and its audit stay.",
      mixinStandardHelpOptions = true)
  final class Disable implements Callable<Integer> {
    @Mixin private final ClientOptions options = new ClientOptions();

    @Parameters(index = "0", paramLabel = "NAME", description = "of the user")
    private String name = "";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      ApiClient client = options.client(environment);
      JsonNode user = client.post(path(name, "disable"), Optional.empty()).orThrow();
      print(spec, options, user, "user %s with the role %s is disabled");
      return 0;
    }
  }

  /** Sets a password. */
  @Command(
      name = "password",
      description = {
        "Gives a user another password, ends its sessions, and enables it if it was disabled.",
        "The password is asked for, or is the first line of the input."
      },
      mixinStandardHelpOptions = true)
  final class Password implements Callable<Integer> {
    @Mixin private final ClientOptions options = new ClientOptions();

    @Parameters(index = "0", paramLabel = "NAME", description = "of the user")
    private String name = "";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      ObjectNode body = Json.mapper().createObjectNode().put("password", password(in));
      ApiClient client = options.client(environment);
      JsonNode user = client.post(path(name, "password"), Optional.of(body)).orThrow();
      print(spec, options, user, "user %s with the role %s has a new password");
      return 0;
    }
  }

  /** Makes a link. */
  @Command(
      name = "link",
      description = {
        "Prints a link that signs a user in once, within five minutes.",
        "The user admin need not be there: its first link makes it."
      },
      mixinStandardHelpOptions = true)
  final class Link implements Callable<Integer> {
    @Mixin private final ClientOptions options = new ClientOptions();

    @Parameters(
        index = "0",
        paramLabel = "NAME",
        defaultValue = "admin",
        description = "of the user (default: admin)")
    private String name = "";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      ApiClient client = options.client(environment);
      JsonNode made = client.post(path(name, "link"), Optional.empty()).orThrow();
      PrintWriter out = spec.commandLine().getOut();
      // behind the #: a browser sends that part to no server
      out.println(
          options.json()
              ? made.toPrettyString()
              : client.page() + "/login#link=" + cell(made, "link"));
      out.flush();
      return 0;
    }
  }

  private static String path(String name, String verb) {
    return "/users/" + URLEncoder.encode(name, UTF_8) + "/" + verb;
  }

  private static void print(
      CommandSpec spec, ClientOptions options, JsonNode user, String sentence) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        options.json()
            ? user.toPrettyString()
            : sentence.formatted(cell(user, "name"), cell(user, "role")));
    out.flush();
  }

  /** Never an argument: those are shown to every account of the machine. */
  @SuppressWarnings("SystemConsoleNull") // -Djdk.console=java.base: null without a terminal
  private static String password(InputStream in) {
    Console console = System.console();
    if (console != null) {
      char[] first = console.readPassword("password: ");
      char[] second = console.readPassword("the same again: ");
      if (first == null || !Arrays.equals(first, second)) {
        throw new UserError("the two passwords are not the same");
      }
      return new String(first);
    }
    try {
      @Nullable String line = new BufferedReader(new InputStreamReader(in, UTF_8)).readLine();
      if (line == null || line.isEmpty()) {
        throw new UserError("no password: its first line must be on the standard input");
      }
      return line;
    } catch (IOException e) {
      throw new UserError(
          "the password cannot be read from the standard input: " + e.getMessage(), e);
    }
  }
}
