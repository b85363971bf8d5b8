package dev.millrace.sheet.supplier;

import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Maps spellings of currencies to ISO 4217 codes. */
final class CurrencyText {
  private static final Set<String> ISO =
      Currency.getAvailableCurrencies().stream()
          .map(Currency::getCurrencyCode)
          .collect(Collectors.toUnmodifiableSet());

  /** Words and signs, in lower case and without a final point. */
  private static final Map<String, String> SIGNS =
      Map.ofEntries(
          Map.entry("€", "EUR"),
          Map.entry("euro", "EUR"),
          Map.entry("euros", "EUR"),
          Map.entry("£", "GBP"),
          Map.entry("us$", "USD"),
          Map.entry("usd$", "USD"),
          Map.entry("ca$", "CAD"),
          Map.entry("c$", "CAD"),
          Map.entry("au$", "AUD"),
          Map.entry("a$", "AUD"),
          Map.entry("nz$", "NZD"),
          Map.entry("fr", "CHF"),
          Map.entry("sfr", "CHF"),
          Map.entry("zł", "PLN"),
          Map.entry("kč", "CZK"),
          Map.entry("₹", "INR"),
          Map.entry("₺", "TRY"),
          Map.entry("₩", "KRW"));

  private record Shared(Set<String> users, Optional<String> usually) {}

  /** Signs that several currencies share, with their usual meaning. */
  private static final Map<String, Shared> SHARED =
      Map.of(
          "$", new Shared(Set.of("USD", "CAD", "AUD", "NZD", "SGD", "HKD"), Optional.of("USD")),
          "¥", new Shared(Set.of("JPY", "CNY"), Optional.of("JPY")),
          "kr", new Shared(Set.of("SEK", "NOK", "DKK", "ISK"), Optional.empty()));

  /** Codes that are searched among a header's words; others are words of some language as well. */
  private static final Set<String> HEADER_CODES =
      Set.of(
          "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN",
          "CZK", "HUF", "RON");

  private CurrencyText() {}

  /**
   * @param expected the ISO code of the column or supplier, which decides a sign that several
   *     currencies share
   */
  static Optional<String> parse(String text, @Nullable String expected) {
    String code = text.strip().toUpperCase(Locale.ROOT);
    if (ISO.contains(code)) {
      return Optional.of(code);
    }
    String sign = text.strip().toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    Shared shared = SHARED.get(sign);
    if (shared == null) {
      return Optional.ofNullable(SIGNS.get(sign));
    }
    return expected != null && shared.users().contains(expected)
        ? Optional.of(expected)
        : shared.usually();
  }

  /** The currency that one word of a header names without ambiguity. */
  static Optional<String> inHeader(String word) {
    String code = word.toUpperCase(Locale.ROOT);
    if (HEADER_CODES.contains(code)) {
      return Optional.of(code);
    }
    return code.equals("€") || code.equals("£") || code.equals("US$")
        ? parse(word, null)
        : Optional.empty();
  }
}
