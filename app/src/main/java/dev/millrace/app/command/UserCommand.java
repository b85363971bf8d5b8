package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.app.error.UserError;
import dev.millrace.app.http.ApiClient;
import dev.millrace.app.http.SignInLink;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The users who may sign in. */
@Command(
    name = "user",
    description = "Adds, lists and disables the users who may sign in.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class UserCommand extends ApiCommand {
  private final InputStream in;

  /**
   * The command.
   *
   * @param in where a password is read from when there is no terminal
   */
  public UserCommand(Map<String, String> environment, InputStream in) {
    super(environment);
    this.in = in;
  }

  @Command(
      name = "add",
      description = "Adds a user; the password is asked for, or is the first line of the input.",
      mixinStandardHelpOptions = true)
  int add(
      @Parameters(paramLabel = "NAME", description = "a-z, 0-9 and . _ @ -") String name,
      @Option(
              names = "--role",
              paramLabel = "ROLE",
              required = true,
              description = "viewer, operator or admin")
          String role,
      @Mixin WithReason reason) {
    ObjectNode body = body().put("name", name).put("role", role).put("password", password(in));
    return done(
        api().because(reason.text()).post("/users", Optional.of(body)).orThrow(),
        "user %s added with the role %s");
  }

  @Command(name = "list", description = "Lists all users.", mixinStandardHelpOptions = true)
  int list() {
    return show(api().get("/users").orThrow(), UserCommand::table);
  }

  @Command(
      name = "disable",
      description = "Disables a user and ends its sessions. Its row and its audit stay.",
      mixinStandardHelpOptions = true)
  int disable(
      @Parameters(paramLabel = "NAME", description = "of the user") String name,
      @Mixin WithReason reason) {
    return done(
        api().because(reason.text()).post(path(name, "disable"), Optional.empty()).orThrow(),
        "user %s with the role %s is disabled");
  }

  @Command(
      name = "password",
      description = {
        "Gives a user another password, ends its sessions, and enables it if it was disabled.",
        "The password is asked for, or is the first line of the input."
      },
      mixinStandardHelpOptions = true)
  int password(
      @Parameters(paramLabel = "NAME", description = "of the user") String name,
      @Mixin WithReason reason) {
    ObjectNode body = body().put("password", password(in));
    return done(
        api().because(reason.text()).post(path(name, "password"), Optional.of(body)).orThrow(),
        "user %s with the role %s has a new password");
  }

  @Command(
      name = "link",
      description = {
        "Prints a link that signs a user in once, within five minutes.",
        "The user admin need not be there: its first link makes it."
      },
      mixinStandardHelpOptions = true)
  int link(
      @Parameters(
              paramLabel = "NAME",
              defaultValue = SignInLink.FIRST_USER,
              description = "of the user (default: admin)")
          String name,
      @Mixin WithReason reason) {
    ApiClient client = api().because(reason.text());
    return show(
        client.post(SignInLink.path(name), Optional.empty()).orThrow(),
        (made, screen) -> screen.line(SignInLink.of(client, cell(made, "link")).address()));
  }

  private static void table(JsonNode list, Screen screen) {
    Table table = new Table("NAME", "ROLE", "CREATED", "DISABLED");
    list.path("users")
        .forEach(
            user ->
                table.row(
                    cell(user, "name"),
                    cell(user, "role"),
                    screen.moments().relative(user, "created_at"),
                    screen.moments().relative(user, "disabled_at")));
    table.print(screen);
  }

  private static String path(String name, String verb) {
    return "/users/" + encoded(name) + "/" + verb;
  }

  private int done(JsonNode user, String sentence) {
    return show(
        user,
        (answer, screen) ->
            screen.line(sentence.formatted(cell(answer, "name"), cell(answer, "role"))));
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
