package dev.millrace.sheet.supplier;

/** Why a row is not used: all values of {@code parsing_logs.code}, stored by {@link #name()}. */
public enum RowCode {
  /** The row cannot be split into cells, because of its quotes. */
  UNREADABLE_ROW,
  /** A cell that must have a value is blank. */
  MISSING_VALUE,
  /** The cell has the error of a formula, such as {@code #REF!}. */
  FORMULA_ERROR,
  /** The text is longer than its column allows. */
  TOO_LONG,
  /** The text has a character that Postgres cannot store. */
  UNSTORABLE_CHARACTER,
  /** A spreadsheet may have made a date of the SKU. */
  SKU_IS_A_DATE,
  /** A spreadsheet has rounded the SKU: {@code 4.00638E+12}. */
  LOST_DIGITS,
  /** The text is no number or price. */
  NOT_A_NUMBER,
  /** The number is below zero. */
  NEGATIVE,
  /** The number can mean two values: {@code 1,234}. */
  AMBIGUOUS_NUMBER,
  /** The number is too high or has too many decimals. */
  OUT_OF_RANGE,
  /** The text is no currency. */
  UNKNOWN_CURRENCY,
  /** The row names two currencies for one price. */
  CURRENCY_CONFLICT,
  /** The row repeats the key of an earlier one. */
  DUPLICATE_KEY,
  /** The text is no absolute URL. */
  NOT_A_URL,
  /** The text is neither yes nor no. */
  NOT_YES_OR_NO,
  /** The columns of a supplier's sheet are set wrongly. */
  BAD_MAPPING
}
