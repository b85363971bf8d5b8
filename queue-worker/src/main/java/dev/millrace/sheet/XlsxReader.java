package dev.millrace.sheet;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a worksheet in one pass. The kind of a cell follows from its type and its number format. A
 * formula has the value that is stored in the file. The declared dimensions are ignored.
 */
final class XlsxReader {
  /** Excel computes with 15 digits; further digits in the file are rounding errors. */
  private static final MathContext EXCEL_DIGITS = new MathContext(15, RoundingMode.HALF_EVEN);

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d{1,40}(\\.\\d{0,40})?|\\.\\d{1,40})([eE][+-]?\\d{1,4})?");
  private static final int MOST_ZEROS = 30;
  private static final int LONGEST_VALUE = 40_000;
  private static final int SHOWN = 40;
  private static final int LAST_ROW = 1_048_576;
  private static final int LAST_COLUMN = 16_384;
  private static final Pattern ISO_DATE =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?)?Z?");

  private final XmlScanner xml;
  private final Parts parts;
  private final SheetView view;
  private final int maxColumns;

  /** What the cells refer to. */
  record Parts(Optional<XlsxTexts> texts, XlsxStyles styles, DateSystem dates) {}

  XlsxReader(XmlScanner xml, Parts parts, SheetView view, int maxColumns) {
    this.xml = xml;
    this.parts = parts;
    this.view = view;
    this.maxColumns = maxColumns;
  }

  void rows(Sheet.RowReader reader) throws IOException {
    int number = 0;
    for (XmlScanner.Event event = xml.next(); event != XmlScanner.Event.OVER; event = xml.next()) {
      if (event != XmlScanner.Event.START) {
        continue;
      }
      switch (xml.name()) {
        case "worksheet", "sheetData" -> {}
        case "row" -> {
          number = rowNumber(xml.attribute("r", ""), number);
          if (view.hiddenRows() || !isTrue(xml.attribute("hidden", "0"))) {
            reader.row(new SheetRow(number, cells(number)));
          } else {
            xml.skip();
          }
        }
        default -> xml.skip();
      }
    }
  }

  private static boolean isTrue(String value) {
    return value.equals("1") || value.equals("true");
  }

  /** The number of a row; without one, it follows the last row. */
  private static int rowNumber(String written, int last) {
    int number = written.isEmpty() ? last + 1 : parse(written, LAST_ROW);
    if (number <= last || number > LAST_ROW) {
      throw ZipParts.broken("rows are out of order, or above the highest row number");
    }
    return number;
  }

  private List<SheetCell> cells(int row) throws IOException {
    List<SheetCell> cells = new ArrayList<>();
    int column = -1;
    int characters = 0;
    int outside = xml.depth() - 1;
    while (xml.depth() > outside) {
      if (xml.next() != XmlScanner.Event.START) {
        continue;
      }
      if (!xml.name().equals("c")) {
        xml.skip();
        continue;
      }
      column = column(xml.attribute("r", ""), column);
      SheetCell cell = cell();
      if (cell.isBlank()) {
        continue;
      }
      if (column >= maxColumns) {
        throw SheetException.tooLarge("row " + row + " has more than " + maxColumns + " columns");
      }
      characters += cell.text().length();
      if (characters > SheetLimits.MAX_ROW_CHARACTERS) {
        throw SheetException.tooLarge(
            "row %d has more than %d characters".formatted(row, SheetLimits.MAX_ROW_CHARACTERS));
      }
      while (cells.size() < column) {
        cells.add(SheetCell.BLANK);
      }
      if (cells.size() > column) {
        throw ZipParts.broken("a row has a cell twice");
      }
      cells.add(cell);
    }
    return cells;
  }

  /**
   * The column of an address such as {@code AB12}, from 0; without one, it follows the last cell.
   */
  private static int column(String address, int last) {
    if (address.isEmpty()) {
      return last + 1;
    }
    int column = 0;
    int letters = 0;
    while (letters < address.length() && Character.isLetter(address.charAt(letters))) {
      int letter = Character.toUpperCase(address.charAt(letters)) - 'A';
      if (letter < 0 || letter > 25 || letters == 3) {
        throw outside();
      }
      column = column * 26 + letter + 1;
      letters++;
    }
    boolean digits = address.length() > letters && address.length() - letters <= 7;
    for (int i = letters; digits && i < address.length(); i++) {
      digits = address.charAt(i) >= '0' && address.charAt(i) <= '9';
    }
    if (letters == 0 || !digits || column > LAST_COLUMN) {
      throw outside();
    }
    return column - 1;
  }

  private static SheetException outside() {
    return ZipParts.broken("a cell is outside of the sheet");
  }

  private SheetCell cell() throws IOException {
    String type = xml.attribute("t", "n");
    String style = xml.attribute("s", "");
    String value = "";
    String inline = "";
    int outside = xml.depth() - 1;
    while (xml.depth() > outside) {
      if (xml.next() == XmlScanner.Event.START) {
        switch (xml.name()) {
          case "v" -> value = xml.textOf(LONGEST_VALUE);
          case "is" -> inline = XlsxTexts.richText(xml);
          default -> xml.skip();
        }
      }
    }
    return switch (type) {
      case "inlineStr" -> text(inline);
      case "str" -> text(XlsxTexts.unescape(value));
      case "s" -> value.isBlank() ? SheetCell.BLANK : shared(value);
      case "b" -> bool(value.strip());
      case "e" -> value.isBlank() ? SheetCell.BLANK : error(value);
      case "d" -> date(value.strip(), style);
      case "n" -> value.isBlank() ? SheetCell.BLANK : number(value.strip(), style);
      default -> throw ZipParts.broken("a cell has an unknown type");
    };
  }

  private SheetCell shared(String index) throws IOException {
    if (parts.texts().isEmpty()) {
      throw ZipParts.broken("a cell refers to a shared text, and there are none");
    }
    return parts.texts().get().shared(index);
  }

  private static SheetCell text(String text) {
    return text.isBlank() ? SheetCell.BLANK : SheetCell.text(text);
  }

  private static SheetCell bool(String value) {
    return switch (value) {
      case "" -> SheetCell.BLANK;
      case "1", "true" -> SheetCell.text("true");
      case "0", "false" -> SheetCell.text("false");
      default -> error(value);
    };
  }

  private static SheetCell error(String value) {
    return SheetCell.of(
        SheetCell.Kind.ERROR, value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value);
  }

  private SheetCell date(String value, String style) {
    if (value.isEmpty()) {
      return SheetCell.BLANK;
    }
    return ISO_DATE.matcher(value).matches()
        ? SheetCell.of(SheetCell.Kind.DATE, value.replaceFirst("(T00:00:00(\\.0+)?)?Z?$", ""))
        : NUMBER.matcher(value).matches() ? number(value, style) : error(value);
  }

  private SheetCell number(String stored, String style) {
    if (!NUMBER.matcher(stored).matches()) {
      return error(stored);
    }
    BigDecimal number = new BigDecimal(stored).round(EXCEL_DIGITS).stripTrailingZeros();
    if (Math.abs((long) number.scale()) > MOST_ZEROS) {
      return error(stored); // 1e999 would have 1,000 digits
    }
    return parts.styles().of(style).cell(number, parts.dates());
  }

  private static int parse(String number, int most) {
    try {
      int value = Integer.parseInt(number);
      if (value >= 1 && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below, like a number that is too high
    }
    throw ZipParts.broken("a row has a number that no row can have");
  }
}
