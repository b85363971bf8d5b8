package dev.millrace.demo;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Car parts of brands that do not exist. */
final class Catalogue {
  /**
   * @param cents price, in hundredths of whatever the supplier charges in
   */
  record Part(String sku, String name, int cents, int quantity) {}

  private record Kind(String code, String name, int fromCents, int toCents) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("BP", "Brake pad set, front", 1_890, 8_990),
          new Kind("BD", "Brake disc 280 mm, vented", 2_450, 14_900),
          new Kind("OF", "Oil filter", 390, 1_990),
          new Kind("AF", "Air filter", 590, 3_490),
          new Kind("SP", "Spark plug, iridium", 490, 2_290),
          new Kind("WB", "Wiper blade 24\"", 450, 2_990),
          new Kind("AL", "Alternator 120 A", 11_900, 48_900),
          new Kind("HL", "Headlight assembly, left", 8_900, 129_000),
          new Kind("RA", "Radiator, aluminium", 7_400, 39_900),
          new Kind("TB", "Timing belt kit", 3_900, 28_900),
          new Kind("GB", "Gearbox, rebuilt", 89_000, 489_000),
          new Kind("TC", "Turbocharger", 32_900, 219_000),
          new Kind("SM", "Starter motor 1.4 kW", 6_900, 27_900),
          new Kind("DM", "Door mirror, heated", 3_900, 32_900),
          new Kind("FP", "Fuel pump", 2_900, 24_900),
          new Kind("SC", "Screw M6 x 20, zinc", 9, 99));

  private static final List<String> BRANDS =
      List.of(
          "Nordwell", "Kestrum", "Valdane", "Brimhook", "Helixo", "Orbane", "Tannfeld", "Sylmark");

  private static final List<String> LINES = List.of("Eco", "Pro", "Classic", "RX", "S-Line", "HD");

  private Catalogue() {}

  /**
   * @param number different for each part of a supplier
   */
  static Part part(SplittableRandom random, String supplier, int number, boolean numericSku) {
    Kind kind = KINDS.get(random.nextInt(KINDS.size()));
    String brand = BRANDS.get(random.nextInt(BRANDS.size()));
    String line = LINES.get(random.nextInt(LINES.size()));
    int serial = 10_000 + number * 7;
    String sku =
        numericSku
            ? String.valueOf(4_100_000 + number * 13)
            : "%s-%s-%d"
                .formatted(supplier.substring(0, 3).toUpperCase(Locale.ROOT), kind.code(), serial);
    return new Part(
        sku,
        "%s %s %s".formatted(brand, line, kind.name()),
        random.nextInt(kind.fromCents(), kind.toCents()),
        random.nextInt(8) == 0 ? 0 : random.nextInt(1, 2_500));
  }
}
