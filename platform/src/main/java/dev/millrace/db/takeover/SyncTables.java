package dev.millrace.db.takeover;

import dev.millrace.db.takeover.MappedTable.Column;
import java.util.List;
import java.util.Map;

/** The tables of the master sync, by the names that installations give their columns. */
final class SyncTables {
  private static final String SUPPLIERS = "suppliers";

  private static final MappedTable SUPPLIER_TABLE =
      new MappedTable(
          SUPPLIERS,
          List.of(
              Column.id("id", "supplier_id"),
              Column.added("code", "text", Column.TEXT, "supplier_code", "slug"),
              Column.found("name", Column.TEXT, "supplier_name", "company_name", "title"),
              Column.added(
                      "sheet_url",
                      "text",
                      Column.TEXT,
                      "google_sheet_url",
                      "spreadsheet_url",
                      "price_list_url",
                      "source_url",
                      "feed_url",
                      "url")
                  .from("sheet_url"),
              Column.added("currency", "text", Column.TEXT, "currency_code", "default_currency")
                  .orNull(),
              Column.added(
                  "enabled",
                  "boolean NOT NULL DEFAULT true",
                  Column.BOOLEAN,
                  "is_enabled",
                  "is_active",
                  "active"),
              Column.added("disabled_reason", "text", Column.TEXT).orNull(),
              Column.added(
                      "last_sync_at", "timestamptz", Column.TIME, "last_synced_at", "synced_at")
                  .orNull(),
              Column.added("updated_at", "timestamptz", Column.TIME, "modified_at")),
          List.of("code"),
          Map.of());

  private static final MappedTable ITEM_TABLE =
      new MappedTable(
          "supplier_items",
          List.of(
              Column.reference("supplier_id", SUPPLIERS, "supplier", "vendor_id"),
              Column.found(
                  "supplier_sku",
                  Column.TEXT,
                  "sku",
                  "item_code",
                  "article_number",
                  "part_number",
                  "code"),
              Column.added(
                  "name", "text", Column.TEXT, "item_name", "product_name", "title", "description"),
              Column.found("current_price", Column.DECIMAL, "price", "unit_price", "cost"),
              Column.added("currency", "text", Column.TEXT, "currency_code").orNull(),
              Column.added("quantity", "bigint", Column.NUMBER, "qty", "stock", "in_stock")
                  .orNull(),
              Column.added("source_row", "integer", Column.NUMBER),
              Column.added("job_id", "bigint", Column.NUMBER),
              Column.added(
                  "updated_at", "timestamptz", Column.TIME, "last_ingested_at", "last_seen_at"),
              Column.added("vanished_at", "timestamptz", Column.TIME).orNull()),
          List.of("supplier_id", "supplier_sku"),
          Map.of());

  private static final MappedTable LOG_TABLE =
      new MappedTable(
          "parsing_logs",
          List.of(
              Column.id("id", "log_id"),
              Column.added("task_id", "text", Column.TEXT, "job_id", "run_id"),
              Column.reference("supplier_id", SUPPLIERS, "supplier", "vendor_id").orNull(),
              Column.found("error_type", Column.TEXT, "type", "kind"),
              Column.found("error_message", Column.TEXT, "message", "text", "details"),
              Column.added("row_number", "integer", Column.NUMBER, "line_number", "row_no", "line")
                  .orNull(),
              Column.found("created_at", Column.TIME, "logged_at", "occurred_at", "timestamp"),
              Column.added("rows_left_out", "integer", Column.NUMBER),
              Column.added("sheet_tab", "text", Column.TEXT).orNull(),
              Column.added("column_name", "text", Column.TEXT).orNull(),
              Column.added("cell_value", "text", Column.TEXT).orNull(),
              Column.added("code", "text", Column.TEXT, "error_code").orNull()),
          List.of(),
          Map.of(
              "parsing_logs_newest_of_supplier", List.of("supplier_id", "created_at"),
              "parsing_logs_by_age", List.of("created_at")));

  private SyncTables() {}

  /** All of them; a table comes before the one that it refers to. */
  static List<DocumentedTable> all() {
    return List.of(LOG_TABLE, ITEM_TABLE, SUPPLIER_TABLE);
  }
}
