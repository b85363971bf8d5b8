package dev.millrace.sheet.supplier;

import static dev.millrace.sheet.supplier.BadRowException.quote;

import dev.millrace.MillraceException;
import dev.millrace.address.Address;
import dev.millrace.mapping.ColumnMapping;
import dev.millrace.sheet.SheetCell;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetRow;
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

/** Reads the rows of a master sheet, one at a time. Not thread-safe. */
final class MasterReader {
  private static final int MAX_CODE = 100;
  private static final int MAX_NAME = 1_000;

  /** Each supplier is kept in memory, and each problem. */
  private static final int MAX_ROWS = 20_000;

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

  private final HeaderSearch<MasterColumn> search =
      new HeaderSearch<>(MasterColumn.class, REQUIRED, Map.of());
  private final Map<String, SupplierConfig> suppliers = new LinkedHashMap<>();
  private final List<RowProblem> problems = new ArrayList<>();
  private int rows;

  void next(SheetRow row) {
    search
        .next(row)
        .filter(header -> header.precedes(row))
        .ifPresent(header -> supplier(header, row));
  }

  MasterSheet result() {
    search.header();
    return new MasterSheet(List.copyOf(suppliers.values()), problems);
  }

  private void supplier(Header<MasterColumn> header, SheetRow row) {
    if (++rows > MAX_ROWS) {
      throw new SheetException(
          SheetErrorType.TOO_LARGE, "the master sheet has more than " + MAX_ROWS + " rows");
    }
    try {
      SupplierConfig supplier = read(header, row);
      SupplierConfig first = suppliers.putIfAbsent(supplier.code(), supplier);
      if (first != null) {
        problems.add(
            RowProblem.duplicate(
                row.number(),
                header.title(header.has(MasterColumn.CODE) ? MasterColumn.CODE : MasterColumn.NAME),
                supplier.code(),
                "repeats %s of row %d, which counts"
                    .formatted(quote(supplier.code()), first.row())));
      }
    } catch (BadRowException e) {
      problems.add(e.at(row.number(), header));
    }
    if (suppliers.size() > MAX_SUPPLIERS) {
      throw new SheetException(
          SheetErrorType.TOO_LARGE,
          "the master sheet names more than " + MAX_SUPPLIERS + " suppliers");
    }
  }

  private static SupplierConfig read(Header<MasterColumn> header, SheetRow row)
      throws BadRowException {
    if (row.problem() != null) {
      throw BadRowException.ofRow(RowCode.UNREADABLE_ROW, row.problem());
    }
    String code = text(header.cell(row, MasterColumn.CODE), MasterColumn.CODE, MAX_CODE);
    String name = text(header.cell(row, MasterColumn.NAME), MasterColumn.NAME, MAX_NAME);
    if (code.isEmpty() && name.isEmpty()) {
      throw BadRowException.ofRow(RowCode.MISSING_VALUE, "the row has neither a name nor a code");
    }
    return new SupplierConfig(
        code.isEmpty() ? slug(name) : code.toLowerCase(Locale.ROOT),
        name.isEmpty() ? code : name,
        url(header.cell(row, MasterColumn.URL).text()),
        currency(header.cell(row, MasterColumn.CURRENCY).text()),
        yes(header.cell(row, MasterColumn.ENABLED).text(), MasterColumn.ENABLED),
        row.number(),
        mapping(header, row));
  }

  private static ColumnMapping mapping(Header<MasterColumn> header, SheetRow row)
      throws BadRowException {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (MasterColumn column : MasterColumn.OF_MAPPING) {
      String text = text(header.cell(row, column), column, MAX_CODE);
      if (!text.isEmpty()) {
        fields.put(
            column.mappingField(),
            column == MasterColumn.MAP_HIDDEN_ROWS ? yes(text, column) : text);
      }
      try {
        ColumnMapping.of(fields);
      } catch (IllegalArgumentException e) {
        throw new BadRowException(
            RowCode.BAD_MAPPING,
            column,
            text,
            "the columns of the supplier's sheet are set wrongly: " + e.getMessage());
      }
    }
    return ColumnMapping.of(fields);
  }

  private static String text(SheetCell cell, Column column, int maxLength) throws BadRowException {
    return cell.isBlank() ? "" : ItemText.checked(cell, column, maxLength);
  }

  private static String slug(String name) throws BadRowException {
    String ascii =
        Normalizer.normalize(name.replace("ß", "ss"), Normalizer.Form.NFKD)
            .replaceAll("\\p{M}+", "")
            .toLowerCase(Locale.ROOT);
    String slug = ascii.replaceAll("[^\\p{L}\\p{N}]+", "-").replaceAll("^-|-$", "");
    if (slug.isEmpty()) {
      throw new BadRowException(
          RowCode.MISSING_VALUE, MasterColumn.NAME, name, "no name: " + quote(name));
    }
    return slug;
  }

  /** The reason never quotes the URL. */
  private static URI url(String text) throws BadRowException {
    if (text.isEmpty()) {
      throw BadRowException.withoutValue(
          RowCode.MISSING_VALUE, MasterColumn.URL, "the row has no sheet URL");
    }
    try {
      return Address.web(text, Set.of("http", "https", "file"));
    } catch (MillraceException e) {
      throw BadRowException.withoutValue(
          RowCode.NOT_A_URL, MasterColumn.URL, "the sheet URL is not an absolute URL");
    }
  }

  private static @Nullable String currency(String text) throws BadRowException {
    if (text.isEmpty()) {
      return null;
    }
    Optional<String> currency = CurrencyText.parse(text, null);
    return currency.orElseThrow(
        () ->
            new BadRowException(
                RowCode.UNKNOWN_CURRENCY,
                MasterColumn.CURRENCY,
                text,
                "not a currency: " + quote(text)));
  }

  private static boolean yes(String text, MasterColumn column) throws BadRowException {
    String word = text.toLowerCase(Locale.ROOT);
    if (word.isEmpty() || YES.contains(word)) {
      return true;
    }
    if (NO.contains(word)) {
      return false;
    }
    throw new BadRowException(
        RowCode.NOT_YES_OR_NO, column, text, column.title() + " must be yes or no: " + quote(text));
  }
}
