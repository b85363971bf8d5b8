package dev.millrace.bench.report;

import java.util.Locale;

/** Numbers as people read them: three digits that count. */
final class Numbers {
  private static final int WHOLE_FROM = 100;

  private Numbers() {}

  static String text(double number) {
    double size = Math.abs(number);
    if (size >= WHOLE_FROM) {
      return String.format(Locale.ROOT, "%,.0f", number);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", number);
  }
}
