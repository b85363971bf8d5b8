package dev.millrace.sheet.supplier;

import dev.millrace.sheet.Sheet;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import java.util.List;

/**
 * The suppliers of a master sheet; the package's description has the rules.
 *
 * @param suppliers in the order of the sheet, each code once; the disabled ones too
 * @param problems in the order of the sheet
 */
public record MasterSheet(List<SupplierConfig> suppliers, List<RowProblem> problems) {
  public MasterSheet {
    suppliers = List.copyOf(suppliers);
    problems = List.copyOf(problems);
  }

  /**
   * Finds the header and reads the rows below it.
   *
   * @throws SheetException of type {@link SheetErrorType#MISSING_COLUMNS} if there is no header, or
   *     {@link SheetErrorType#EMPTY_SHEET} if the sheet has no rows, or {@link
   *     SheetErrorType#TOO_LARGE}
   */
  public static MasterSheet parse(Sheet sheet) {
    MasterReader reader = new MasterReader();
    sheet.read(reader::next);
    return reader.result();
  }
}
