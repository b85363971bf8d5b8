package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The keys of machines. */
@Command(
    name = "key",
    description = "Adds, lists and revokes the keys of machines.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class KeyCommand extends ApiCommand {
  public KeyCommand(Map<String, String> environment) {
    super(environment);
  }

  @Command(
      name = "add",
      description = "Makes a key and prints it; it is not stored and cannot be shown again.",
      mixinStandardHelpOptions = true)
  int add(
      @Parameters(paramLabel = "NAME", description = "what it is for") String name,
      @Option(
              names = "--role",
              paramLabel = "ROLE",
              required = true,
              description = "viewer, operator or admin")
          String role,
      @Option(
              names = "--scopes",
              paramLabel = "SCOPES",
              required = true,
              split = ",",
              description = "some of read, operate, admin, enqueue")
          List<String> scopes,
      @Option(
              names = "--kinds",
              paramLabel = "KINDS",
              split = ",",
              description = "the kinds of job that it may enqueue (default: all)")
          @Nullable List<String> kinds,
      @Option(
              names = "--queues",
              paramLabel = "QUEUES",
              split = ",",
              description = "the queues that it may enqueue in (default: all)")
          @Nullable List<String> queues,
      @Option(names = "--days", paramLabel = "N", description = "when it expires (default: never)")
          Optional<Integer> days,
      @Mixin WithReason reason) {
    ObjectNode body = body().put("name", name).put("role", role);
    body.set("scopes", Json.mapper().valueToTree(scopes));
    body.set("kinds", Json.mapper().valueToTree(given(kinds)));
    body.set("queues", Json.mapper().valueToTree(given(queues)));
    days.ifPresent(number -> body.put("expires_in_days", number));
    return show(
        api().because(reason.text()).post("/keys", Optional.of(body)).orThrow(),
        (made, screen) -> screen.line(made.path("key").asText()));
  }

  @Command(
      name = "list",
      description = "Lists all keys without their secrets, newest first.",
      mixinStandardHelpOptions = true)
  int list() {
    return show(api().get("/keys").orThrow(), KeyCommand::table);
  }

  @Command(
      name = "revoke",
      description = "Revokes a key: from now on it opens nothing.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Parameters(paramLabel = "ID", description = "as key list shows it") String id,
      @Mixin WithReason reason) {
    JsonNode unused = api().because(reason.text()).delete("/keys/" + encoded(id)).orThrow();
    screen().line("key " + id + " is revoked");
    return 0;
  }

  /** An option of several values that is not given is null. */
  private static List<String> given(@Nullable List<String> values) {
    return values == null ? List.of() : values;
  }

  private static void table(JsonNode list, Screen screen) {
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
                        .collect(Collectors.joining(",")),
                    screen.moments().relative(key, "expires_at"),
                    screen.moments().relative(key, "last_used_at"),
                    screen.moments().relative(key, "revoked_at")));
    table.print(screen);
  }
}
