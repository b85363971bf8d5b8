package dev.millrace.sheet.supplier;

import dev.millrace.sheet.Sheet;
import dev.millrace.sheet.SheetSources;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Finds the suppliers that a master sheet names. It reads no item of theirs and writes nothing. */
public final class MasterSheetIngestor {
  private final SheetSources sources;

  /** Reads from these sources, which the caller closes. */
  public MasterSheetIngestor(SheetSources sources) {
    this.sources = sources;
  }

  /**
   * The suppliers of a master sheet, in its order, the disabled ones too; rows that cannot be read
   * are left out.
   *
   * @throws dev.millrace.sheet.SheetException if the sheet cannot be fetched or read
   */
  public List<SupplierConfig> ingest(URI masterSheet) {
    return read(masterSheet).suppliers();
  }

  /** The same with the rows that cannot be read. */
  public MasterSheet read(URI masterSheet) {
    try (Sheet sheet = sources.fetch(masterSheet, Optional.empty()).orElseThrow()) {
      return MasterSheet.parse(sheet);
    }
  }
}
