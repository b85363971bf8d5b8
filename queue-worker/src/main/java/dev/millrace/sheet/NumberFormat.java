package dev.millrace.sheet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shows a stored number in its number format, as far as the reader of the cell needs it: zeros and
 * literals are kept, since {@code 004711} is another part than {@code 4711}; grouping and rounding
 * are not. Dates and percentages are no plain numbers.
 */
public final class NumberFormat {
  /** Shows a number unformatted. */
  public static final NumberFormat GENERAL = new NumberFormat(List.of());

  private static final Pattern CONDITION = Pattern.compile("\\[[<>=][^]]*]");
  private static final Pattern ELAPSED = Pattern.compile("(?i)\\[(h+|m+|s+)]");
  private static final Pattern CURRENCY = Pattern.compile("\\[\\$([^-\\]]*)(?:-[^]]*)?]");
  private static final Pattern OTHER_BRACKETS = Pattern.compile("\\[[^]]*]");
  private static final Pattern LITERAL = Pattern.compile("\"[^\"]*\"|\\\\.|[_*].");
  private static final Pattern DATE = Pattern.compile("(?i)[ymdhsbg]|am/pm|a/p");
  private static final Pattern SCIENTIFIC = Pattern.compile("(?i)[0#?.]E[+-]?[0#?]");
  private static final Pattern FRACTION = Pattern.compile("[0#?]\\s*/\\s*([0#?]+|[1-9]\\d{0,4})");
  private static final int MOST_DENOMINATOR_DIGITS = 3;

  /** Marks a literal that would otherwise count as a place; no number format contains it. */
  private static final String LITERAL_MARK = "\u0000";

  /** The sections for values above zero, below zero, and zero; the later ones may be missing. */
  private final List<String> sections;

  private NumberFormat(List<String> sections) {
    this.sections = sections;
  }

  /** The format of a code such as {@code #,##0.00} or {@code yyyy-mm-dd}. */
  public static NumberFormat of(String code) {
    if (code.strip().toLowerCase(Locale.ROOT).startsWith("general") || code.contains("@")) {
      return code.contains(";") ? new NumberFormat(sections(code)) : GENERAL;
    }
    return new NumberFormat(sections(code));
  }

  /** The built-in formats of every workbook. */
  static String builtIn(int id) {
    return switch (id) {
      case 1, 3, 37, 38, 41, 42 -> "0";
      case 2, 4, 39, 40, 43, 44 -> "0.00";
      case 9 -> "0%";
      case 10 -> "0.00%";
      case 11, 48 -> "0.00E+00";
      case 12 -> "# ?/?";
      case 13 -> "# ??/??";
      case 14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58 ->
          "yyyy-mm-dd";
      case 18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47 -> "hh:mm:ss";
      case 22 -> "yyyy-mm-dd hh:mm:ss";
      default -> "General";
    };
  }

  /** The cell for a number, within 15 digits. */
  public SheetCell cell(BigDecimal number, DateSystem dates) {
    String plain = number.toPlainString();
    String section = section(number.signum());
    if (section.isEmpty() || section.toLowerCase(Locale.ROOT).contains("general")) {
      boolean hidden = section.isEmpty() && !sections.isEmpty();
      return new SheetCell(hidden ? "" : plain, SheetCell.Kind.NUMBER, plain);
    }
    if (ELAPSED.matcher(section).find() || isDate(section)) {
      return dates.cell(number, bare(section));
    }
    String bare = bare(section);
    if (bare.indexOf('%') >= 0) {
      return SheetCell.text(percent(number));
    }
    return new SheetCell(formatted(section, bare, number), SheetCell.Kind.NUMBER, plain);
  }

  private String section(int sign) {
    if (sections.isEmpty()) {
      return "";
    }
    int index = sign < 0 ? 1 : sign == 0 ? 2 : 0;
    return sections.get(index < sections.size() ? index : 0);
  }

  /** The shown text; empty if the format is not supported. */
  private String formatted(String section, String bare, BigDecimal number) {
    if (SCIENTIFIC.matcher(bare).find()) {
      return number.toPlainString();
    }
    if (CONDITION.matcher(section).find()) {
      return "";
    }
    boolean ownSign = number.signum() < 0 && sections.size() > 1;
    BigDecimal value = ownSign ? number.abs() : number;
    Matcher fraction = FRACTION.matcher(bare);
    return fraction.find() ? fraction(value, fraction.group(1)) : digits(section, value);
  }

  private static boolean isDate(String section) {
    String bare = bare(section);
    return DATE.matcher(bare).find() && !SCIENTIFIC.matcher(bare).find();
  }

  /** The format without literals and brackets. */
  private static String bare(String section) {
    return OTHER_BRACKETS.matcher(LITERAL.matcher(section).replaceAll("")).replaceAll("");
  }

  private static String percent(BigDecimal number) {
    return plain(number.movePointRight(2)) + "%";
  }

  private static String plain(BigDecimal number) {
    BigDecimal shortest = number.stripTrailingZeros();
    return (shortest.scale() < 0 ? shortest.setScale(0) : shortest).toPlainString();
  }

  /** A fraction that is exact within the denominators of the format; else the plain number. */
  private static String fraction(BigDecimal number, String denominator) {
    boolean fixed = Character.isDigit(denominator.charAt(0)) && denominator.charAt(0) != '0';
    int digits = Math.min(denominator.length(), MOST_DENOMINATOR_DIGITS);
    int from = fixed ? Integer.parseInt(denominator) : 1;
    int to = fixed ? from : BigInteger.TEN.pow(digits).intValue() - 1;
    BigDecimal value = number.abs();
    BigInteger whole = value.toBigInteger();
    BigDecimal rest = value.subtract(new BigDecimal(whole));
    String sign = number.signum() < 0 ? "-" : "";
    if (rest.signum() == 0) {
      return sign + whole;
    }
    for (int d = from; d <= to; d++) {
      BigDecimal numerator = rest.multiply(BigDecimal.valueOf(d)).stripTrailingZeros();
      if (numerator.scale() <= 0) {
        String part = numerator.toBigInteger() + "/" + d;
        return sign + (whole.signum() == 0 ? part : whole + " " + part);
      }
    }
    return plain(number);
  }

  private static String digits(String section, BigDecimal number) {
    List<String> tokens = tokens(section);
    int point = tokens.indexOf(".");
    List<String> integer = point < 0 ? tokens : tokens.subList(0, point);
    List<String> decimals = point < 0 ? List.of() : tokens.subList(point + 1, tokens.size());
    boolean placed = tokens.stream().anyMatch(NumberFormat::isPlace);
    boolean scaled = scales(integer, decimals.isEmpty());
    if (!placed || scaled || scales(decimals, true)) {
      return "";
    }
    String plain = plain(number.abs());
    int mark = plain.indexOf('.');
    String whole = mark < 0 ? plain : plain.substring(0, mark);
    String rest = mark < 0 ? "" : plain.substring(mark + 1);
    List<String> literalsBehind = point < 0 ? behindLastPlace(integer) : List.of();
    String shown =
        integer(integer.subList(0, integer.size() - literalsBehind.size()), whole)
            + decimals(decimals, rest)
            + String.join("", literalsBehind);
    String unmarked = shown.replace(LITERAL_MARK, "");
    return number.signum() < 0 ? "-" + unmarked : unmarked;
  }

  /** Whether commas behind the last digit divide by thousands. */
  private static boolean scales(List<String> tokens, boolean atTheEnd) {
    for (int i = tokens.size() - 1; atTheEnd && i >= 0 && !isPlace(tokens.get(i)); i--) {
      if (tokens.get(i).equals(",")) {
        return true;
      }
    }
    return false;
  }

  private static List<String> behindLastPlace(List<String> tokens) {
    int last = tokens.size();
    while (last > 0 && !isPlace(tokens.get(last - 1))) {
      last--;
    }
    return tokens.subList(last, tokens.size());
  }

  private static String integer(List<String> tokens, String digits) {
    StringBuilder reversed = new StringBuilder();
    int left = digits.equals("0") ? 0 : digits.length();
    int places = (int) tokens.stream().filter(NumberFormat::isPlace).count();
    for (int i = tokens.size() - 1; i >= 0; i--) {
      String token = tokens.get(i);
      if (!isPlace(token)) {
        reversed.append(token.equals(",") ? "" : new StringBuilder(token).reverse());
        continue;
      }
      places--;
      if (left > 0) {
        reversed.append(digits.charAt(--left));
      } else if (token.equals("0")) {
        reversed.append('0');
      }
      while (places == 0 && left > 0) {
        reversed.append(digits.charAt(--left));
      }
    }
    String shown = reversed.reverse().toString();
    return places < 0 || left == 0 ? shown : digits + shown;
  }

  private static String decimals(List<String> tokens, String digits) {
    StringBuilder shown = new StringBuilder();
    StringBuilder literals = new StringBuilder();
    int used = 0;
    for (String token : tokens) {
      if (!isPlace(token)) {
        literals.append(token);
      } else if (used < digits.length()) {
        shown.append(digits.charAt(used++));
      } else if (token.equals("0")) {
        shown.append('0');
      }
    }
    shown.append(digits, used, digits.length());
    return (shown.length() == 0 ? "" : "." + shown) + literals;
  }

  private static boolean isPlace(String token) {
    return token.equals("0") || token.equals("#") || token.equals("?");
  }

  /** Places, point and commas unchanged, and literals as the texts that they show. */
  private static List<String> tokens(String section) {
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < section.length(); i++) {
      char c = section.charAt(i);
      if (c == '"') {
        int end = section.indexOf('"', i + 1);
        end = end < 0 ? section.length() : end;
        tokens.add(literal(section.substring(i + 1, end)));
        i = end;
      } else if (c == '[') {
        int end = section.indexOf(']', i);
        end = end < 0 ? section.length() - 1 : end;
        Matcher currency = CURRENCY.matcher(section.substring(i, end + 1));
        tokens.add(literal(currency.matches() ? currency.group(1) : ""));
        i = end;
      } else if (c == '\\') {
        tokens.add(i + 1 < section.length() ? literal(section.substring(i + 1, i + 2)) : "");
        i++;
      } else if (c == '_' || c == '*') {
        tokens.add(c == '_' ? " " : "");
        i++;
      } else {
        tokens.add(String.valueOf(c));
      }
    }
    return tokens;
  }

  /** Marks a literal that looks like a place. */
  private static String literal(String text) {
    return isPlace(text) || text.equals(".") || text.equals(",") ? text + LITERAL_MARK : text;
  }

  private static List<String> sections(String code) {
    List<String> sections = new ArrayList<>();
    StringBuilder section = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < code.length(); i++) {
      char c = code.charAt(i);
      if (c == '\\' && !quoted && i + 1 < code.length()) {
        section.append(c).append(code.charAt(++i));
      } else if (c == ';' && !quoted) {
        sections.add(section.toString());
        section.setLength(0);
      } else {
        quoted ^= c == '"';
        section.append(c);
      }
    }
    sections.add(section.toString());
    return List.copyOf(sections);
  }
}
