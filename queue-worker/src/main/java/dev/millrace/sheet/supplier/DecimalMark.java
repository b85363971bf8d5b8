package dev.millrace.sheet.supplier;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** The character between units and tenths; the other one may then group digits. */
enum DecimalMark {
  POINT("\\.", ","),
  COMMA(",", "\\.");

  private final Pattern written;
  private final Pattern elsewhere;

  DecimalMark(String mark, String group) {
    String groups = "(?:(?:%s\\d{3})+|(?: \\d{3})+|(?:'\\d{3})+)".formatted(group);
    written =
        Pattern.compile("\\d*%1$s\\d+|[1-9]\\d{0,2}%2$s(?:%1$s\\d+)?".formatted(mark, groups));
    elsewhere = Pattern.compile("[^\\d" + mark + "]");
  }

  /** Whether digits with separators follow the grammar of this mark. */
  boolean writes(String digits) {
    return written.matcher(digits).matches();
  }

  BigDecimal value(String digits) {
    return new BigDecimal(elsewhere.matcher(digits).replaceAll("").replace(',', '.'));
  }
}
