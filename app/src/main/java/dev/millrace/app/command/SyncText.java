package dev.millrace.app.command;

import static dev.millrace.app.command.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Syncs, suppliers and rejected rows as text. */
final class SyncText {
  private static final List<String> SUMS =
      List.of("items", "inserted", "changed", "vanished", "unchanged", "rejected");

  private SyncText() {}

  static void suppliers(JsonNode status, Screen screen) {
    Table table = new Table("SUPPLIER", "NAME", "STATUS", "LAST SYNC", "ITEMS", "REASON");
    status
        .path("suppliers")
        .forEach(
            supplier ->
                table.row(
                    cell(supplier, "id"),
                    cell(supplier, "name"),
                    supplier.path("enabled").asBoolean(true)
                        ? cell(supplier, "status")
                        : "disabled",
                    screen.moments().relative(supplier, "last_sync_at"),
                    cell(supplier, "items_count"),
                    StatusText.reason(supplier, "disabled_reason", "last_error")));
    table.print(screen);
  }

  static void history(JsonNode page, Screen screen) {
    Table table =
        new Table("SYNC", "STATE", "BY", "STARTED", "TOOK", "SUPPLIERS", "ITEMS", "ERROR");
    page.path("syncs")
        .forEach(
            sync ->
                table.row(
                    cell(sync, "id"),
                    sync.path("dry_run").asBoolean()
                        ? cell(sync, "state") + " (dry run)"
                        : cell(sync, "state"),
                    cell(sync, "trigger"),
                    screen.moments().relative(sync, "started_at"),
                    Moments.took(sync, "duration_ms"),
                    cell(sync, "succeeded") + "/" + cell(sync, "total"),
                    cell(sync, "items"),
                    cell(sync, "error")));
    table.print(screen);
  }

  static void detail(JsonNode answer, Screen screen) {
    JsonNode sync = answer.path("sync");
    screen.line(
        "suppliers: " + cell(sync, "succeeded") + " synced, " + cell(sync, "failed") + " failed");
    screen.line(sums("items: ", sync));
    Table table =
        new Table("SUPPLIER", "STATE", "INSERTED", "CHANGED", "VANISHED", "REJECTED", "ERROR");
    answer
        .path("suppliers")
        .forEach(
            job ->
                table.row(
                    cell(job, "supplier_name"),
                    cell(job, "state"),
                    cell(job.path("result"), "inserted"),
                    cell(job.path("result"), "changed"),
                    cell(job.path("result"), "vanished"),
                    cell(job.path("result"), "rejected"),
                    cell(job, "error")));
    screen.part(table);
    answer.path("suppliers").forEach(job -> differences(job, screen));
  }

  private static String sums(String before, JsonNode sync) {
    List<String> parts = new ArrayList<>();
    SUMS.forEach(
        name -> parts.add(cell(sync, name) + " " + (name.equals("items") ? "read" : name)));
    return before + String.join(", ", parts);
  }

  /** What a dry run would have changed. */
  private static void differences(JsonNode job, Screen screen) {
    JsonNode differences = job.path("result").path("differences");
    if (differences.isEmpty()) {
      return;
    }
    screen.blank();
    screen.line(cell(job, "supplier_name") + " would change:");
    Table table = new Table("SKU", "CHANGE", "BEFORE", "AFTER");
    differences.forEach(
        one ->
            table.row(
                cell(one, "sku"), cell(one, "change"), cell(one, "before"), cell(one, "after")));
    table.print(screen);
  }

  static void logs(JsonNode page, Screen screen) {
    Table table = new Table("AT", "SUPPLIER", "TYPE", "ROW", "COLUMN", "VALUE", "MESSAGE");
    page.path("logs")
        .forEach(
            line ->
                table.row(
                    screen.moments().relative(line, "created_at"),
                    cell(line, "supplier_name"),
                    cell(line, "error_type"),
                    cell(line, "row_number"),
                    cell(line.path("cell"), "column"),
                    cell(line.path("cell"), "value"),
                    cell(line, "message")));
    table.print(screen);
  }
}
