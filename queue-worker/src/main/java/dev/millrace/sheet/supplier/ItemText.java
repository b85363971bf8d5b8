package dev.millrace.sheet.supplier;

import static dev.millrace.sheet.supplier.BadRowException.quote;

import dev.millrace.sheet.SheetCell;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads names and SKUs: the shown text of a cell, unless a spreadsheet may have changed it. */
final class ItemText {
  private static final int MAX_SKU = 100;
  private static final int MAX_NAME = 1_000;

  /** Spreadsheets compute with 15 digits; longer numbers lose their last digits. */
  private static final BigDecimal INEXACT_FROM = BigDecimal.TEN.pow(15);

  /** How Excel writes long numbers into a CSV, {@code 4.00638E+12}: the digits are lost. */
  private static final Pattern ROUNDED = Pattern.compile("\\d(?:[.,]\\d+)?[eE]\\+\\d{2,}");

  /** Texts that programs show instead of a result, in the usual languages. */
  private static final Set<String> ERRORS =
      Set.of(
          "#REF!",
          "#N/A",
          "#DIV/0!",
          "#VALUE!",
          "#NAME?",
          "#NUM!",
          "#NULL!",
          "#SPILL!",
          "#CALC!",
          "#FIELD!",
          "#BLOCKED!",
          "#CONNECT!",
          "#UNKNOWN!",
          "#BUSY!",
          "#GETTING_DATA",
          "#ERROR!",
          "LOADING...",
          "#BEZUG!",
          "#NV",
          "#WERT!",
          "#ZAHL!",
          "#VALEUR!",
          "#NOM?",
          "#¡REF!",
          "#¡VALOR!",
          "#¿NOMBRE?");

  private ItemText() {}

  static String sku(SheetCell cell) throws BadRowException {
    String text = checked(cell, ItemColumn.SKU, MAX_SKU);
    if (cell.kind() == SheetCell.Kind.DATE) {
      throw new BadRowException(
          RowCode.SKU_IS_A_DATE,
          ItemColumn.SKU,
          text,
          "the SKU is a date, which a spreadsheet may have made of it: " + quote(text));
    }
    boolean rounded =
        cell.number()
            ? new BigDecimal(cell.value()).abs().compareTo(INEXACT_FROM) >= 0
            : text.indexOf('+') > 0 && ROUNDED.matcher(text).matches();
    if (rounded) {
      throw new BadRowException(
          RowCode.LOST_DIGITS,
          ItemColumn.SKU,
          text,
          "the SKU is a number that has lost digits: " + quote(text));
    }
    return text;
  }

  static String name(SheetCell cell) throws BadRowException {
    return checked(cell, ItemColumn.NAME, MAX_NAME);
  }

  /** A text that Postgres can store. */
  static String checked(SheetCell cell, Column column, int maxLength) throws BadRowException {
    String text = cell.text();
    if (text.isEmpty()) {
      throw BadRowException.withoutValue(RowCode.MISSING_VALUE, column, "no " + column.title());
    }
    if (isError(cell)) {
      throw new BadRowException(
          RowCode.FORMULA_ERROR,
          column,
          text,
          "the " + column.title() + " is the error of a formula: " + quote(text));
    }
    if (text.length() > maxLength && text.codePointCount(0, text.length()) > maxLength) {
      throw new BadRowException(
          RowCode.TOO_LONG,
          column,
          text,
          column.title() + " is longer than " + maxLength + " characters");
    }
    if (!canBeKept(text)) {
      throw new BadRowException(
          RowCode.UNSTORABLE_CHARACTER,
          column,
          text,
          "the " + column.title() + " has a character that Postgres cannot store: " + quote(text));
    }
    return text;
  }

  static boolean isError(SheetCell cell) {
    String text = cell.text();
    boolean mayBe = text.startsWith("#") || text.endsWith("...");
    return cell.kind() == SheetCell.Kind.ERROR
        || (mayBe && ERRORS.contains(text.toUpperCase(Locale.ROOT)));
  }

  /** Postgres stores every character except NUL and halves of surrogate pairs. */
  private static boolean canBeKept(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return false;
      }
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
