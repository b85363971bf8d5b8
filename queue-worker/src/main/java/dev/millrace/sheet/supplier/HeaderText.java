package dev.millrace.sheet.supplier;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a header cell, split into its parts: {@code "Unit Price (in €)"} has the words {@code
 * "unit price"} and the currency EUR.
 *
 * @param words lower case, without accents, punctuation and currency; {@code #} reads "no"
 * @param wordsWithoutBrackets the same without the text in brackets
 */
record HeaderText(String words, String wordsWithoutBrackets, Optional<String> currency) {
  private static final Pattern BRACKETS = Pattern.compile("\\([^)]*\\)|\\[[^]]*]");
  private static final Pattern ACCENTS = Pattern.compile("\\p{M}+");
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}\\p{M}\\p{Sc}]+");

  static HeaderText of(String cell) {
    List<String> currencies = new ArrayList<>();
    String words = words(cell, currencies);
    String wordsWithoutBrackets = words(BRACKETS.matcher(cell).replaceAll(" "), new ArrayList<>());
    // two currencies in one header say nothing about the column
    Optional<String> currency =
        currencies.size() == 1 ? Optional.of(currencies.get(0)) : Optional.empty();
    return new HeaderText(words, wordsWithoutBrackets, currency);
  }

  private static String words(String cell, List<String> currencies) {
    String spelled = cell.replace("#", " No ").replace("ß", "ss").replace("ẞ", "ss");
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(Normalizer.normalize(spelled, Normalizer.Form.NFKD));
    while (matcher.find()) {
      Optional<String> currency = CurrencyText.inHeader(matcher.group());
      if (currency.isPresent()) {
        currencies.add(currency.get());
      } else {
        words.add(ACCENTS.matcher(matcher.group()).replaceAll("").toLowerCase(Locale.ROOT));
      }
    }
    if (words.size() > 1 && words.get(words.size() - 1).equals("in")) {
      words.remove(words.size() - 1); // "Preis in €"
    }
    return String.join(" ", words);
  }
}
