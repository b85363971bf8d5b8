package dev.millrace.demo;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@link DemoSheets} wrote, to compare a sync's results with.
 *
 * @param masterUrl of the master sheet, for {@code MASTER_SHEET_URL}
 * @param masterCsv a file with the same content
 * @param suppliers each once, in the order of the master sheet
 * @param masterBadRows rows of the master sheet that name no supplier
 * @param masterDuplicateRows rows of the master sheet that repeat a supplier
 */
public record DemoFacts(
    URI masterUrl,
    Path masterCsv,
    List<DemoSupplier> suppliers,
    int masterBadRows,
    int masterDuplicateRows) {
  public DemoFacts {
    suppliers = List.copyOf(suppliers);
  }

  /** The suppliers a sync must end well for. */
  public List<DemoSupplier> good() {
    return with(DemoSupplier.Outcome.SUCCESS);
  }

  /** The suppliers a sync must log an error for. */
  public List<DemoSupplier> failing() {
    return suppliers.stream()
        .filter(
            supplier ->
                supplier.outcome() == DemoSupplier.Outcome.UNREACHABLE
                    || supplier.outcome() == DemoSupplier.Outcome.MISSING_COLUMNS)
        .toList();
  }

  public int totalItems() {
    return suppliers.stream().mapToInt(DemoSupplier::items).sum();
  }

  private List<DemoSupplier> with(DemoSupplier.Outcome outcome) {
    return suppliers.stream().filter(supplier -> supplier.outcome() == outcome).toList();
  }
}
