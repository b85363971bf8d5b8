package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.app.error.UserError;
import dev.millrace.app.http.ApiClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a master sync. */
@Command(
    name = "sync",
    description =
        "Starts a sync of the master sheet; or cancels it, shows suppliers, history and logs.",
    mixinStandardHelpOptions = true,
    exitCodeList = {
      "0:it was started, or with --wait it completed",
      "1:the API refused it, or with --wait it failed",
      "2:the command line is wrong, or the API does not answer"
    })
public final class SyncCommand extends ApiCommand implements Callable<Integer> {
  @Option(names = "--wait", description = "until it has ended; exit code 1 when it failed")
  private boolean wait;

  @Option(names = "--dry-run", description = "read and compare all, write nothing")
  private boolean dryRun;

  @Option(names = "--only-failed", description = "only the suppliers whose status is error")
  private boolean onlyFailed;

  @Option(names = "--supplier", paramLabel = "ID", description = "sync this supplier alone")
  private Optional<String> supplier = Optional.empty();

  @Option(
      names = "--accept-vanished",
      description = "with --supplier: its items that are not in the sheet may go, however many")
  private boolean acceptVanished;

  @Mixin private final WithReason reason = new WithReason();

  public SyncCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    if (supplier.isPresent() && onlyFailed) {
      throw new UserError("--only-failed is for all suppliers: leave out --supplier");
    }
    if (supplier.isEmpty() && acceptVanished) {
      throw new UserError("--accept-vanished is for one supplier: name it with --supplier");
    }
    List<String> flags = new ArrayList<>();
    if (dryRun) {
      flags.add("dry_run=true");
    }
    if (onlyFailed) {
      flags.add("only_failed=true");
    }
    if (acceptVanished) {
      flags.add("accept_vanished=true");
    }
    String path =
        supplier
                .map(id -> "/ingestion/suppliers/" + encoded(id) + "/sync")
                .orElse("/ingestion/sync")
            + (flags.isEmpty() ? "" : "?" + String.join("&", flags));
    ApiClient api = api().because(reason.text());
    JsonNode started = api.post(path, Optional.empty()).orThrow();
    show(started, (answer, screen) -> screen.line("sync " + cell(answer, "task_id") + " started"));
    if (!wait) {
      return 0;
    }
    String task = started.path("task_id").asText();
    int code = new JobEnd(api, screen()).await(task, json());
    if (supplier.isEmpty()) {
      show(api.get("/ingestion/syncs/" + task + "?limit=200").orThrow(), SyncText::detail);
    }
    return code;
  }

  @Command(
      name = "cancel",
      description = "Cancels the sync in progress, its suppliers too.",
      mixinStandardHelpOptions = true)
  int cancel(@Mixin WithReason why) {
    return show(
        api().because(why.text()).post("/ingestion/sync/cancel", Optional.empty()).orThrow(),
        (answer, screen) ->
            screen.line("sync " + cell(answer, "task_id") + " " + cell(answer, "status")));
  }

  @Command(
      name = "suppliers",
      description = "Lists suppliers and how their last sync went.",
      mixinStandardHelpOptions = true)
  int suppliers() {
    return show(api().get("/ingestion/status").orThrow(), SyncText::suppliers);
  }

  @Command(
      name = "history",
      description = "Lists syncs, newest first.",
      mixinStandardHelpOptions = true)
  int history(
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "20",
              description = "the most syncs listed, 1 to 200 (default: ${DEFAULT-VALUE})")
          int limit) {
    return show(api().get("/ingestion/syncs?limit=" + limit).orThrow(), SyncText::history);
  }

  @Command(
      name = "logs",
      description = "Lists rejected rows and results, newest first.",
      mixinStandardHelpOptions = true)
  int logs(
      @Option(
              names = "--supplier",
              paramLabel = "ID",
              description = "only of a supplier, or master for the master sheet")
          Optional<String> of,
      @Option(names = "--type", paramLabel = "TYPE", description = "such as BAD_ROW")
          Optional<String> type,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "50",
              description = "the most lines, 1 to 200 (default: ${DEFAULT-VALUE})")
          int limit) {
    String query =
        "?limit="
            + limit
            + of.map(id -> "&supplier=" + encoded(id)).orElse("")
            + type.map(text -> "&type=" + encoded(text)).orElse("");
    return show(api().get("/ingestion/logs" + query).orThrow(), SyncText::logs);
  }
}
