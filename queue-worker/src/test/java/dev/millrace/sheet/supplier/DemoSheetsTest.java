package dev.millrace.sheet.supplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.demo.DemoFacts;
import dev.millrace.demo.DemoSheets;
import dev.millrace.demo.DemoSupplier;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetLimits;
import dev.millrace.sheet.SheetSources;
import dev.millrace.sheet.SheetTable;
import dev.millrace.sheet.SourcePolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo's sheets, read from their files, have the counts of their writer. */
class DemoSheetsTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 42, -7})
  void every_supplier_reads_as_it_was_written(long seed, @TempDir Path dir) throws IOException {
    DemoFacts facts = DemoSheets.write(dir, seed);
    SourcePolicy policy =
        new SourcePolicy(Set.of("http"), true, List.of()).withMaster(facts.masterUrl());

    try (SheetSources sources = SheetSources.of(policy, SheetLimits.DEFAULT)) {
      MasterSheet master = new MasterSheetIngestor(sources).read(facts.masterUrl());
      Map<String, SupplierConfig> configs =
          master.suppliers().stream()
              .collect(Collectors.toMap(SupplierConfig::code, Function.identity()));

      assertThat(count(master.problems(), SheetErrorType.BAD_ROW)).isEqualTo(facts.masterBadRows());
      assertThat(count(master.problems(), SheetErrorType.DUPLICATE_ROW))
          .isEqualTo(facts.masterDuplicateRows());
      assertThat(configs.keySet())
          .isEqualTo(
              facts.suppliers().stream().map(DemoSupplier::code).collect(Collectors.toSet()));
      for (DemoSupplier supplier : facts.suppliers()) {
        assertReads(supplier, Objects.requireNonNull(configs.get(supplier.code())), sources);
      }
    }
  }

  @Test
  void both_master_sheets_have_the_same_suppliers(@TempDir Path dir) throws IOException {
    DemoFacts facts = DemoSheets.write(dir, 42);
    SourcePolicy policy = SourcePolicy.STRICT.withMaster(facts.masterUrl());

    try (SheetSources sources = SheetSources.of(policy, SheetLimits.DEFAULT)) {
      assertThat(new MasterSheetIngestor(sources).ingest(facts.masterCsv().toUri()))
          .isEqualTo(new MasterSheetIngestor(sources).ingest(facts.masterUrl()));
    }
  }

  private static void assertReads(
      DemoSupplier supplier, SupplierConfig config, SheetSources sources) {
    assertThat(config.sheetUrl()).isEqualTo(supplier.sheetUrl());
    assertThat(config.name()).isEqualTo(supplier.name());
    assertThat(config.enabled()).isEqualTo(supplier.outcome() != DemoSupplier.Outcome.DISABLED);
    switch (supplier.outcome()) {
      case SUCCESS -> {
        SupplierSheet sheet =
            SupplierSheet.parse(SheetTable.fetch(sources, config.sheetUrl()), config.currency());
        assertThat(sheet.outcome()).isEqualTo(SheetErrorType.SUCCESS);
        assertThat(sheet.items()).as(supplier.code()).hasSize(supplier.items());
        assertThat(count(sheet.problems(), SheetErrorType.BAD_ROW))
            .as("%s: %s", supplier.code(), sheet.problems())
            .isEqualTo(supplier.badRows());
        assertThat(count(sheet.problems(), SheetErrorType.DUPLICATE_ROW))
            .as(supplier.code())
            .isEqualTo(supplier.duplicateRows());
        assertThat(sheet.items()).as(supplier.code()).allMatch(item -> item.currency() != null);
      }
      case UNREACHABLE, MISSING_COLUMNS ->
          assertThat(failure(config.sheetUrl(), sources).type().name())
              .isEqualTo(supplier.outcome().name());
      case DISABLED -> {}
    }
  }

  private static SheetException failure(URI url, SheetSources sources) {
    return catchThrowableOfType(
        SheetException.class, () -> SupplierSheet.parse(SheetTable.fetch(sources, url), null));
  }

  private static int count(List<RowProblem> problems, SheetErrorType type) {
    return (int) problems.stream().filter(problem -> problem.type() == type).count();
  }
}
