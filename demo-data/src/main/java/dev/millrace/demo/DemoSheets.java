package dev.millrace.demo;

import dev.millrace.demo.DemoSupplier.Outcome;
import dev.millrace.demo.google.GoogleDocument;
import dev.millrace.demo.google.GoogleDocument.Cell;
import dev.millrace.demo.google.GoogleServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Writes a master sheet and the sheets of its suppliers. The same seed and directory give the same
 * cells; XLSX files also carry the moment they were written.
 */
public final class DemoSheets {
  private static final List<String> NAMES =
      List.of(
          "Aldermoor Motor Factors",
          "Bexley & Crane",
          "Corvane Teile GmbH",
          "Dunmarrow Spares",
          "Eichhorst Autoteile",
          "Fennimore Supply Co.",
          "Galtrey Parts",
          "Hautval Pièces Auto",
          "Ivorstone Trading",
          "Juraberg Technik AG",
          "Kelmscar Imports",
          "Larkhill Components",
          "Mühlgraben Handel",
          "Northwick Wholesale",
          "Oakhollow Industrial",
          "Penhallow Motors",
          "Quarrydale Stock",
          "Roussillac SARL",
          "Stavenger Direct",
          "Thalwinkel AG",
          "Umberfield Auto",
          "Vantreux Frères",
          "Westerhagen KG",
          "Xandry Distribution",
          "Yarrowby Ltd.",
          "Zellbach Ersatzteile");

  // nothing of today listens at port 1
  private static final URI NOBODY = URI.create("http://127.0.0.1:1/prices.csv?key=demo");

  private final Path directory;
  private final long seed;
  private final Place place;
  private final List<DemoSupplier> suppliers = new ArrayList<>();
  private final List<List<Object>> master = new ArrayList<>();

  private DemoSheets(Path directory, long seed, Place place) {
    this.directory = directory.toAbsolutePath().normalize();
    this.place = place;
    this.seed = seed;
  }

  /** Replaces the demo's files in a directory, which is created if need be. */
  public static DemoFacts write(Path directory, long seed) throws IOException {
    Path files = directory.toAbsolutePath().normalize();
    Place place = (kind, name, rows, width) -> kind.write(files, name, rows, width).toUri();
    return new DemoSheets(files, seed, place).write();
  }

  /**
   * Shares the same sheets as documents of a server in place of Google.
   *
   * @param directory for {@link DemoFacts#masterCsv}
   */
  public static DemoFacts share(GoogleServer server, Path directory, long seed) throws IOException {
    Place place =
        (kind, name, rows, width) ->
            server.share("demo-" + name, GoogleDocument.of(name, cells(rows)));
    return new DemoSheets(directory, seed, place).write();
  }

  private static List<List<Cell>> cells(List<List<Object>> rows) {
    return rows.stream().map(row -> row.stream().map(Cell::of).toList()).toList();
  }

  /** Where a sheet is put; the result is its address. */
  @FunctionalInterface
  private interface Place {
    URI put(FileKind kind, String name, List<List<Object>> rows, int width) throws IOException;
  }

  private DemoFacts write() throws IOException {
    Files.createDirectories(directory);
    master.add(List.of("Suppliers – master list"));
    master.add(List.of());
    master.add(List.of("Code", "Supplier name ", "Sheet URL", "Currency", "Active"));
    for (int i = 0; i < NAMES.size(); i++) {
      ordinary(i);
      if (i == 10) {
        master.add(List.of());
      }
    }
    careless();
    add(without("unplugged", "Unplugged Parts Online", NOBODY, Outcome.UNREACHABLE), "USD", "yes");
    offTopic();
    disabled();
    DemoSupplier repeated = suppliers.get(2);
    master.add(
        List.of(repeated.code() + " ", repeated.name(), repeated.sheetUrl().toString(), "EUR", ""));
    master.add(List.of("nolink", "No Link Yet Ltd.", "", "GBP", "yes"));
    return new DemoFacts(
        place.put(FileKind.XLSX, "master", master, 5),
        FileKind.CSV_COMMA.write(directory, "master", master, 5),
        suppliers,
        1,
        1);
  }

  private void ordinary(int i) throws IOException {
    String name = NAMES.get(i);
    String code = code(name);
    SheetStyle style = SheetStyle.of(i);
    SplittableRandom random = random(i);
    SupplierRows rows =
        new SupplierRows(style, random, name).untidy(code, random.nextInt(150, 600));
    URI url = place.put(style.file(), code, rows.rows(), rows.width());
    String currency = List.of("", "USD", "EUR", "€", "EUR").get(i % 5);
    String active = List.of("yes", "x", "", "TRUE").get(i % 4);
    add(good(code, name, url, rows), currency, active);
  }

  private void careless() throws IOException {
    SheetStyle style = SheetStyle.careless();
    SupplierRows rows =
        new SupplierRows(style, random(101), "Careless & Sons").broken("careless", 420);
    URI url = place.put(style.file(), "careless", rows.rows(), rows.width());
    add(good("careless", "Careless & Sons", url, rows), "EUR", "yes");
  }

  private void offTopic() throws IOException {
    List<List<Object>> rows = new ArrayList<>();
    rows.add(List.of("Date", "Driver", "From", "To", "km"));
    SplittableRandom random = random(102);
    for (int day = 1; day <= 28; day++) {
      rows.add(
          List.of(
              "2026-02-%02d".formatted(day),
              "M. Orell",
              "Depot",
              "Harbour",
              random.nextInt(9, 80)));
    }
    URI url = place.put(FileKind.CSV_COMMA, "offtopic", rows, 0);
    add(without("offtopic", "Off Topic Logistics", url, Outcome.MISSING_COLUMNS), "", "yes");
  }

  private void disabled() throws IOException {
    SheetStyle style = SheetStyle.of(0);
    SupplierRows rows = new SupplierRows(style, random(103), "Paused Parts").untidy("paused", 200);
    URI url = place.put(style.file(), "paused", rows.rows(), rows.width());
    add(without("paused", "Paused Parts", url, Outcome.DISABLED), "USD", "no");
  }

  private void add(DemoSupplier supplier, String currency, String active) {
    suppliers.add(supplier);
    master.add(
        List.of(
            supplier.code().toUpperCase(Locale.ROOT),
            supplier.name(),
            " " + supplier.sheetUrl(),
            currency,
            active));
  }

  private static DemoSupplier good(String code, String name, URI url, SupplierRows rows) {
    return new DemoSupplier(
        code, name, url, Outcome.SUCCESS, rows.items(), rows.badRows(), rows.duplicateRows());
  }

  private static DemoSupplier without(String code, String name, URI url, Outcome outcome) {
    return new DemoSupplier(code, name, url, outcome, 0, 0, 0);
  }

  private SplittableRandom random(int stream) {
    return new SplittableRandom(seed * 1_000 + stream);
  }

  private static String code(String name) {
    return name.substring(0, name.indexOf(' ')).toLowerCase(Locale.ROOT).replace('ü', 'u');
  }
}
