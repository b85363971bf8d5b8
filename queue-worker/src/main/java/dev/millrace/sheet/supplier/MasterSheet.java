package dev.millrace.sheet.supplier;

import static dev.millrace.sheet.supplier.BadRowException.quote;

import dev.millrace.MillraceException;
import dev.millrace.address.Address;
import dev.millrace.sheet.SheetCell;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetRow;
import dev.millrace.sheet.SheetTable;
import java.net.URI;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The suppliers of a master sheet; the package's description has the rules.
 *
 * @param suppliers in the order of the sheet, each code once; the disabled ones too
 * @param problems in the order of the sheet
 */
public record MasterSheet(List<SupplierConfig> suppliers, List<RowProblem> problems) {
  private static final int MAX_CODE = 100;
  private static final int MAX_NAME = 1_000;

  /** Each enabled supplier becomes a job. */
  private static final int MAX_SUPPLIERS = 10_000;

  private static final List<List<MasterColumn>> REQUIRED =
      List.of(List.of(MasterColumn.NAME, MasterColumn.CODE), List.of(MasterColumn.URL));

  private static final Set<String> YES =
      Set.of(
          "yes", "y", "true", "1", "x", "✓", "✔", "on", "active", "enabled", "ja", "oui", "si",
          "aktiv", "wahr");
  private static final Set<String> NO =
      Set.of(
          "no",
          "n",
          "false",
          "0",
          "-",
          "✗",
          "✘",
          "off",
          "inactive",
          "disabled",
          "paused",
          "nein",
          "non",
          "inaktiv",
          "falsch");

  public MasterSheet {
    suppliers = List.copyOf(suppliers);
    problems = List.copyOf(problems);
  }

  /**
   * Finds the header and reads the rows below it.
   *
   * @throws SheetException of type {@link SheetErrorType#MISSING_COLUMNS} if there is no header, or
   *     {@link SheetErrorType#EMPTY_SHEET} if it has no rows, or {@link SheetErrorType#TOO_LARGE}
   */
  public static MasterSheet parse(SheetTable table) {
    Header<MasterColumn> header = Header.find(table, MasterColumn.class, REQUIRED);
    Map<String, SupplierConfig> suppliers = new LinkedHashMap<>();
    List<RowProblem> problems = new ArrayList<>();
    for (SheetRow row : header.rowsBelow(table)) {
      SheetException.ifInterrupted();
      if (suppliers.size() > MAX_SUPPLIERS) {
        throw new SheetException(
            SheetErrorType.TOO_LARGE,
            "the master sheet names more than " + MAX_SUPPLIERS + " suppliers");
      }
      try {
        SupplierConfig supplier = read(header, row);
        SupplierConfig first = suppliers.putIfAbsent(supplier.code(), supplier);
        if (first != null) {
          problems.add(
              RowProblem.duplicate(
                  row.number(),
                  "repeats %s of row %d, which counts"
                      .formatted(quote(supplier.code()), first.row())));
        }
      } catch (BadRowException e) {
        problems.add(e.at(row.number()));
      }
    }
    return new MasterSheet(List.copyOf(suppliers.values()), problems);
  }

  private static SupplierConfig read(Header<MasterColumn> header, SheetRow row)
      throws BadRowException {
    if (row.problem() != null) {
      throw new BadRowException(row.problem());
    }
    String code = text(header.cell(row, MasterColumn.CODE), "code", MAX_CODE);
    String name = text(header.cell(row, MasterColumn.NAME), "name", MAX_NAME);
    if (code.isEmpty() && name.isEmpty()) {
      throw new BadRowException("the row has neither a name nor a code");
    }
    return new SupplierConfig(
        code.isEmpty() ? slug(name) : code.toLowerCase(Locale.ROOT),
        name.isEmpty() ? code : name,
        url(header.cell(row, MasterColumn.URL).text()),
        currency(header.cell(row, MasterColumn.CURRENCY).text()),
        enabled(header.cell(row, MasterColumn.ENABLED).text()),
        row.number());
  }

  private static String text(SheetCell cell, String title, int maxLength) throws BadRowException {
    return cell.isBlank() ? "" : ItemText.checked(cell, title, maxLength);
  }

  private static String slug(String name) throws BadRowException {
    String ascii =
        Normalizer.normalize(name.replace("ß", "ss"), Normalizer.Form.NFKD)
            .replaceAll("\\p{M}+", "")
            .toLowerCase(Locale.ROOT);
    String slug = ascii.replaceAll("[^\\p{L}\\p{N}]+", "-").replaceAll("^-|-$", "");
    if (slug.isEmpty()) {
      throw new BadRowException("no name: " + quote(name));
    }
    return slug;
  }

  /** The reason never quotes the URL. */
  private static URI url(String text) throws BadRowException {
    if (text.isEmpty()) {
      throw new BadRowException("the row has no sheet URL");
    }
    try {
      return Address.web(text, Set.of("http", "https", "file"));
    } catch (MillraceException e) {
      throw new BadRowException("the sheet URL is not an absolute URL");
    }
  }

  private static @Nullable String currency(String text) throws BadRowException {
    if (text.isEmpty()) {
      return null;
    }
    Optional<String> currency = CurrencyText.parse(text, null);
    return currency.orElseThrow(() -> new BadRowException("not a currency: " + quote(text)));
  }

  private static boolean enabled(String text) throws BadRowException {
    String word = text.toLowerCase(Locale.ROOT);
    if (word.isEmpty() || YES.contains(word)) {
      return true;
    }
    if (NO.contains(word)) {
      return false;
    }
    throw new BadRowException("enabled must be yes or no: " + quote(text));
  }
}
