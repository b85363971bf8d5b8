package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.millrace.app.error.UserError;
import dev.millrace.app.http.ApiClient;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who changed what, and what was refused. */
@Command(
    name = "audit",
    description = "Lists changes and refusals, newest first; or follows or exports them.",
    mixinStandardHelpOptions = true)
public final class AuditCommand extends ApiCommand implements Callable<Integer> {
  private static final int MOST = 200;
  private static final int PAUSE_SECONDS = 2;

  @Mixin private final AuditFilter filter = new AuditFilter();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "the most entries listed, 1 to 200 (default: ${DEFAULT-VALUE})")
  private int limit;

  @Option(
      names = {"-f", "--follow"},
      description = "then print what comes, oldest first, until Ctrl-C; with --json one a line")
  private boolean follow;

  public AuditCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    if (limit < 1 || limit > MOST) {
      throw new UserError("--limit must be 1 to 200, was " + limit);
    }
    ApiClient api = api();
    String only = filter.query(Instant.now());
    if (!follow) {
      return show(api.get("/audit?limit=" + limit + only).orThrow(), AuditCommand::table);
    }
    String query = "/audit?limit=" + MOST + only;
    JsonNode page = api.get(query).orThrow();
    Set<String> printed = ids(page);
    List<JsonNode> newest = page.path("entries").valueStream().limit(limit).toList();
    for (int i = newest.size() - 1; i >= 0; i--) {
      line(newest.get(i));
    }
    Every pause = Every.seconds(PAUSE_SECONDS);
    while (pause.next()) {
      printed = follow(api, query, printed);
    }
    return 0;
  }

  /**
   * Prints what came since the last look.
   *
   * @param printed the ids of that look: a row with a lower id may appear after one with a higher
   * @return the ids of this one
   */
  private Set<String> follow(ApiClient api, String query, Set<String> printed) {
    ArrayNode found = body().arrayNode();
    JsonNode page = api.get(query).orThrow();
    found.addAll((ArrayNode) page.path("entries"));
    while (ids(page).stream().noneMatch(printed::contains)
        && page.path("next_cursor").isTextual()
        && !printed.isEmpty()) {
      page = api.get(query + "&cursor=" + encoded(page.path("next_cursor").asText())).orThrow();
      found.addAll((ArrayNode) page.path("entries"));
    }
    return print(body().set("entries", found), printed);
  }

  private static Set<String> ids(JsonNode page) {
    return page.path("entries")
        .valueStream()
        .map(entry -> entry.path("id").asText())
        .collect(Collectors.toSet());
  }

  /** Prints the entries that were not, the oldest first; returns the ids of all of them. */
  private Set<String> print(JsonNode page, Set<String> printed) {
    Deque<JsonNode> fresh = new ArrayDeque<>();
    for (JsonNode entry : page.path("entries")) {
      if (!printed.contains(entry.path("id").asText())) {
        fresh.addFirst(entry);
      }
    }
    fresh.forEach(this::line);
    return ids(page);
  }

  private void line(JsonNode entry) {
    if (json()) {
      out().println(entry);
    } else {
      Table one = table();
      row(one, entry, screen());
      one.printRows(screen());
    }
    out().flush();
  }

  @Command(
      name = "export",
      description = "Prints all entries that match, newest first, one JSON object a line.",
      mixinStandardHelpOptions = true)
  int export(@Mixin AuditFilter only) {
    ApiClient api = api();
    String query = "/audit?limit=" + MOST + only.query(Instant.now());
    JsonNode page = api.get(query).orThrow();
    while (true) {
      page.path("entries").forEach(entry -> out().println(entry));
      JsonNode cursor = page.path("next_cursor");
      if (!cursor.isTextual() || out().checkError()) {
        break; // the end, or nobody reads on
      }
      page = api.get(query + "&cursor=" + encoded(cursor.asText())).orThrow();
    }
    out().flush();
    return 0;
  }

  private static Table table() {
    return new Table("WHEN", "WHO", "ROLE", "FROM", "ACTION", "TARGET", "OUTCOME", "REASON");
  }

  private static void table(JsonNode page, Screen screen) {
    Table table = table();
    page.path("entries").forEach(entry -> row(table, entry, screen));
    if (table.isEmpty()) {
      screen.line("no entry matches");
    }
    screen.table(table);
    if (page.path("next_cursor").isTextual()) {
      screen.line("there are more: --limit, a filter or audit export shows them");
    }
  }

  private static void row(Table table, JsonNode entry, Screen screen) {
    table.row(
        Moments.read(entry, "at").map(screen.moments()::local).orElse("-"),
        cell(entry, "who"),
        cell(entry, "role"),
        cell(entry, "address"),
        cell(entry, "action"),
        cell(entry, "target"),
        cell(entry, "outcome"),
        cell(entry, entry.path("problem").isTextual() ? "problem" : "reason"));
  }
}
