package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.app.demo.ConsoleProgress;
import dev.millrace.json.Json;
import dev.millrace.text.Visible;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The keys of machines. */
@Command(
    name = "key",
    description = "Adds, lists and revokes the keys of machines.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class KeyCommand implements Runnable {
  private final Map<String, String> environment;

  @Spec private CommandSpec spec = CommandSpec.create();

  public KeyCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  /** This command with its subcommands. */
  public static CommandLine of(Map<String, String> environment) {
    KeyCommand key = new KeyCommand(environment);
    return new CommandLine(key)
        .addSubcommand(key.new Add())
        .addSubcommand(key.new ListAll())
        .addSubcommand(key.new Revoke());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing required subcommand");
  }

  /** Makes a key. */
  @Command(
      name = "add",
      description = "Makes a key and prints it; it is not stored and cannot be shown again.",
      mixinStandardHelpOptions = true)
  final class Add implements Callable<Integer> {
    @Mixin private final ClientOptions options = new ClientOptions();

    @Parameters(index = "0", paramLabel = "NAME", description = "what it is for")
    private String name = "";

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        required = true,
        description = "viewer, operator or admin")
    private String role = "";

    @Option(
        names = "--scopes",
        paramLabel = "SCOPES",
        required = true,
        split = ",",
        description = "some of read, operate, admin, enqueue")
    private List<String> scopes = List.of();

    @Option(
        names = "--kinds",
        paramLabel = "KINDS",
        split = ",",
        description = "the kinds of job that it may enqueue (default: all)")
    private List<String> kinds = List.of();

    @Option(
        names = "--queues",
        paramLabel = "QUEUES",
        split = ",",
        description = "the queues that it may enqueue in (default: all)")
    private List<String> queues = List.of();

    @Option(names = "--days", paramLabel = "N", description = "when it expires (default: never)")
    private Optional<Integer> days = Optional.empty();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      ObjectNode body = Json.mapper().createObjectNode();
      body.put("name", name).put("role", role);
      body.set("scopes", Json.mapper().valueToTree(scopes));
      body.set("kinds", Json.mapper().valueToTree(kinds));
      body.set("queues", Json.mapper().valueToTree(queues));
      days.ifPresent(number -> body.put("expires_in_days", number));
      JsonNode made = options.client(environment).post("/keys", Optional.of(body)).orThrow();
      PrintWriter out = spec.commandLine().getOut();
      out.println(options.json() ? made.toPrettyString() : Visible.line(made.path("key").asText()));
      out.flush();
      return 0;
    }
  }

  /** Lists the keys. */
  @Command(
      name = "list",
      description = "Lists all keys without their secrets, newest first.",
      mixinStandardHelpOptions = true)
  final class ListAll implements Callable<Integer> {
    @Mixin private final ClientOptions options = new ClientOptions();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      JsonNode list = options.client(environment).get("/keys").orThrow();
      PrintWriter out = spec.commandLine().getOut();
      if (options.json()) {
        out.println(list.toPrettyString());
      } else {
        Table table = new Table("ID", "NAME", "ROLE", "SCOPES", "EXPIRES", "LAST USED", "REVOKED");
        list.path("keys")
            .forEach(
                key ->
                    table.row(
                        cell(key, "id"),
                        cell(key, "name"),
                        cell(key, "role"),
                        key.path("scopes")
                            .valueStream()
                            .map(JsonNode::asText)
                            .map(Visible::line)
                            .collect(Collectors.joining(",")),
                        cell(key, "expires_at"),
                        cell(key, "last_used_at"),
                        cell(key, "revoked_at")));
        table.print(new Screen(out, ConsoleProgress.isTerminal(), environment, Moments.here()));
      }
      out.flush();
      return 0;
    }
  }

  /** Revokes a key. */
  @Command(
      name = "revoke",
      description = "Revokes a key: from now on it opens nothing.",
      mixinStandardHelpOptions = true)
  final class Revoke implements Callable<Integer> {
    @Mixin private final ClientOptions options = new ClientOptions();

    @Parameters(index = "0", paramLabel = "ID", description = "as key list shows it")
    private String id = "";

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      JsonNode unused =
          options.client(environment).delete("/keys/" + URLEncoder.encode(id, UTF_8)).orThrow();
      PrintWriter out = spec.commandLine().getOut();
      out.println("key " + Visible.line(id) + " is revoked");
      out.flush();
      return 0;
    }
  }
}
