package dev.millrace.db.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.db.Database;
import dev.millrace.db.Sql;
import dev.millrace.testing.TestServices;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Suppliers, items and logs that were there before us, in several shapes. */
class SyncTablesTest {
  private static final String SYSTEM = Sql.of("dev.millrace.db.takeover.existing.sync");

  private final Database database = Database.open(TestServices.emptyDatabase(), "test", 3);
  private final Jdbi jdbi = database.jdbi();
  private final Migrations migrations = new Migrations(database);

  @AfterEach
  void close() {
    database.close();
  }

  private void execute(String... scripts) {
    jdbi.useHandle(handle -> List.of(scripts).forEach(sql -> handle.createScript(sql).execute()));
  }

  private List<String> all(String query) {
    return jdbi.withHandle(handle -> handle.select(query).mapTo(String.class).list());
  }

  @Test
  void the_documented_tables_are_kept_with_their_rows_and_rights() {
    execute(SYSTEM, "GRANT SELECT, INSERT ON public.suppliers TO PUBLIC");
    List<String> ids = all("SELECT id::text FROM public.suppliers ORDER BY name");

    assertThat(PlanText.full(migrations.plan()))
        .anyMatch(line -> line.contains("ALTER TABLE public.suppliers ADD COLUMN code text"))
        .anyMatch(line -> line.contains("last_ingested_at AS updated_at"));
    assertThat(all("SELECT to_regnamespace('millrace')::text")).containsOnlyNulls();
    assertThat(migrations.run().changes()).isTrue();

    assertThat(migrations.run().changes()).isFalse();
    assertThat(all("SELECT id::text FROM millrace.sync_suppliers ORDER BY name")).isEqualTo(ids);
    assertThat(
            all(
                "SELECT name || ' ' || coalesce(sheet_url, '-') FROM millrace.sync_suppliers ORDER BY 1"))
        .containsExactly("Aldermoor Motor Factors https://example.org/a.csv", "Bexley & Crane -");
    assertThat(all("SELECT supplier_sku || current_price FROM millrace.sync_supplier_items"))
        .containsExactly("A-11.20", "A-11.20");
    assertThat(all("SELECT has_table_privilege('public', 'public.suppliers', 'INSERT')::text"))
        .containsExactly("true");
    execute(
        "INSERT INTO public.suppliers (name) VALUES ('Coyle')",
        "INSERT INTO public.parsing_logs (task_id, supplier_id, error_type, error_message)"
            + " SELECT 't2', id, 'SUCCESS', 'ok' FROM public.suppliers WHERE name = 'Coyle'");
    assertThat(
            all(
                "SELECT indexname::text FROM pg_indexes WHERE tablename = 'parsing_logs' ORDER BY 1"))
        .as("the index on supplier and time is theirs")
        .containsExactly("idx_parsing_logs_supplier", "parsing_logs_by_age", "parsing_logs_pkey");
  }

  @Test
  void numbers_as_ids_and_other_column_names_are_found() {
    execute(
        "CREATE TABLE public.suppliers (id bigserial PRIMARY KEY, name text NOT NULL, url text, is_active boolean DEFAULT true)",
        "CREATE TABLE public.supplier_items (id uuid PRIMARY KEY, supplier_id bigint NOT NULL REFERENCES public.suppliers,"
            + " sku text NOT NULL, price double precision NOT NULL, stock boolean, currency integer)",
        "INSERT INTO public.suppliers (name) VALUES ('Abel')");

    assertThat(migrations.run().refused()).isFalse();

    execute(
        "INSERT INTO millrace.sync_supplier_items (supplier_id, supplier_sku, name, current_price, currency, quantity)"
            + " SELECT id, 'x', 'bolt', 1.5, 'EUR', 7 FROM millrace.sync_suppliers"
            + " ON CONFLICT (supplier_id, supplier_sku) DO UPDATE SET quantity = excluded.quantity");
    assertThat(
            all(
                "SELECT concat_ws(' ', sku, price, quantity, millrace_currency, id IS NOT NULL) FROM public.supplier_items"))
        .containsExactly("x 1.5 7 EUR t");
    assertThat(
            all(
                "SELECT format_type(atttypid, -1) FROM pg_attribute WHERE attrelid = 'public.parsing_logs'::regclass AND attname = 'supplier_id'"))
        .as("a table that is missing takes the type of their ids")
        .containsExactly("bigint");
  }

  @Test
  void an_unknown_column_is_asked_for_and_the_setting_says_it() {
    execute(
        SYSTEM,
        "ALTER TABLE public.supplier_items RENAME supplier_sku TO artikel",
        "ALTER TABLE public.parsing_logs RENAME error_message TO was");
    assertThatThrownBy(migrations::run)
        .hasMessageContaining("is our supplier_sku is not known")
        .hasMessageContaining(
            "ALTER ROLE CURRENT_USER SET millrace.columns = 'supplier_items.supplier_sku=…'")
        .hasMessageContaining("is our error_message is not known");
    assertThat(all("SELECT to_regnamespace('millrace')::text")).containsOnlyNulls();
    execute(
        "ALTER ROLE CURRENT_USER IN DATABASE "
            + all("SELECT quote_ident(current_database())").get(0)
            + " SET millrace.columns = 'supplier_items.supplier_sku=artikel, parsing_logs.error_message=was'");

    assertThat(migrations.run().refused()).isFalse();

    assertThat(all("SELECT DISTINCT supplier_sku FROM millrace.sync_supplier_items"))
        .containsExactly("A-1");
    assertThat(all("SELECT error_message FROM millrace.sync_parsing_logs")).containsExactly("ok");
  }

  @Test
  void what_our_rows_cannot_fill_is_refused_with_the_way_out() {
    execute(
        SYSTEM,
        "ALTER TABLE public.supplier_items ADD COLUMN warehouse text NOT NULL DEFAULT 'x'",
        "ALTER TABLE public.supplier_items ALTER COLUMN warehouse DROP DEFAULT",
        "ALTER TABLE public.supplier_items DROP CONSTRAINT supplier_items_supplier_id_supplier_sku_key",
        "INSERT INTO public.supplier_items (supplier_id, supplier_sku, name, current_price, warehouse)"
            + " SELECT supplier_id, supplier_sku, name, 2, 'y' FROM public.supplier_items");
    assertThatThrownBy(migrations::run)
        .hasMessageContaining(
            "column warehouse must not be null and has no default, so that our inserts would fail; give it one: ALTER TABLE public.supplier_items ALTER COLUMN warehouse SET DEFAULT …");
    execute("ALTER TABLE public.supplier_items ALTER COLUMN warehouse SET DEFAULT 'x'");
    assertThatThrownBy(migrations::run)
        .hasMessageContaining("2 values of (supplier_id, supplier_sku) are there more than once");
    execute("DELETE FROM public.supplier_items WHERE current_price = 2");
    assertThat(migrations.run().refused()).isFalse();
  }

  @Test
  void an_id_of_another_type_than_it_refers_to_is_refused() {
    execute(
        "CREATE TABLE public.parsing_logs (id bigserial PRIMARY KEY, supplier_id bigint, error_type text, message text, created_at timestamptz)");
    assertThatThrownBy(migrations::run)
        .hasMessageContaining(
            "column supplier_id has the type bigint, and the id of suppliers is uuid");
  }
}
