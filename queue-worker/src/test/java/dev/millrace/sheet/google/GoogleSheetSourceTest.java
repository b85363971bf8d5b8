package dev.millrace.sheet.google;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.demo.google.GoogleDocument;
import dev.millrace.demo.google.GoogleDocument.Cell;
import dev.millrace.demo.google.GoogleDocument.Tab;
import dev.millrace.demo.google.GoogleFault;
import dev.millrace.demo.google.GoogleServer;
import dev.millrace.http.SharedLimiter;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.sheet.Sheet;
import dev.millrace.sheet.SheetBusyException;
import dev.millrace.sheet.SheetCell;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetLimits;
import dev.millrace.sheet.SheetRow;
import dev.millrace.sheet.SheetSources;
import dev.millrace.sheet.SheetVersion;
import dev.millrace.sheet.SheetView;
import dev.millrace.sheet.SourcePolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class GoogleSheetSourceTest {
  private static final SheetLimits LIMITS =
      new SheetLimits(200_000, 1_000, 50, Duration.ofSeconds(5), Duration.ofSeconds(10));
  private static final String ID = "1AbC-document_42";

  /** Never answers, so that each test has a share of the quota of its own. */
  private final Redis redis = Redis.open(RedisUrl.parse("redis://127.0.0.1:1"), 1);

  private Path directory;
  private GoogleServer google;
  private GoogleSettings settings;
  private GoogleSheets source;
  private URI url;

  @BeforeEach
  void start(@TempDir Path temporary) throws IOException {
    directory = temporary;
    google = GoogleServer.start();
    Path file = directory.resolve("key.json");
    google.writeKey(file);
    ServiceAccountKey key = ServiceAccountKey.read(file);
    settings = new GoogleSettings(key, google.root(), key.token());
    source = new GoogleSheets(settings, LIMITS, limiter());
    url =
        google.share(ID, GoogleDocument.of("Prices", List.of(row("sku", "price"), row("A", 1.5))));
  }

  @AfterEach
  void stop() {
    source.close();
    google.close();
    redis.close();
  }

  private SharedLimiter limiter() {
    return new SharedLimiter(redis, "google", GoogleSheets.quotas(settings.key()), () -> 1);
  }

  @Test
  void cells_of_every_type_are_read_as_their_author_sees_them() {
    List<SheetCell> cells =
        cellsOf(
            Cell.of("00042"),
            Cell.of(42, "NUMBER", "00000"),
            Cell.of(4_006_381_333_931L),
            Cell.of(1234.5, "CURRENCY", "#,##0.00\\ \"€\""),
            Cell.of(45_352, "DATE", "dd.mm.yyyy"),
            Cell.of(45_352.5, "DATE_TIME", null),
            Cell.of(0.19, "PERCENT", "0%"),
            Cell.of(true),
            Cell.error("#REF!"),
            Cell.of("1,50"),
            Cell.of(0.1 + 0.2));

    assertThat(cells.stream().map(SheetCell::text))
        .containsExactly(
            "00042",
            "00042",
            "4006381333931",
            "1234.50 €",
            "2024-03-01",
            "2024-03-01T12:00:00",
            "19%",
            "true",
            "#REF!",
            "1,50",
            "0.3");
    assertThat(cells.stream().map(SheetCell::kind))
        .containsExactly(
            SheetCell.Kind.TEXT,
            SheetCell.Kind.NUMBER,
            SheetCell.Kind.NUMBER,
            SheetCell.Kind.NUMBER,
            SheetCell.Kind.DATE,
            SheetCell.Kind.DATE,
            SheetCell.Kind.TEXT,
            SheetCell.Kind.TEXT,
            SheetCell.Kind.ERROR,
            SheetCell.Kind.TEXT,
            SheetCell.Kind.NUMBER);
    assertThat(cells.get(3).value()).isEqualTo("1234.5");
  }

  @ParameterizedTest
  @CsvSource({"1, 1899-12-31", "59, 1900-02-27", "60, 1900-02-28", "61, 1900-03-01"})
  void days_are_counted_without_the_gap_of_excel(int serial, String date) {
    assertThat(cellsOf(Cell.of(serial, "DATE", "yyyy-mm-dd")).get(0).text()).isEqualTo(date);
  }

  @Test
  void blank_rows_and_cells_keep_their_numbers() {
    google.share(
        ID,
        GoogleDocument.of(
            "Gaps", List.of(row("a"), List.of(), row("", "", "c"), row("", ""), row("e"))));

    assertThat(read(url).stream().map(row -> row.number() + ":" + row.cells().size()))
        .containsExactly("1:1", "3:3", "5:1");
  }

  @Test
  void an_empty_tab_has_no_rows() {
    google.share(ID, GoogleDocument.of("Empty", List.of()));

    assertThat(read(url)).isEmpty();
  }

  @Test
  void a_sheet_costs_two_reads_and_one_token_for_all() {
    read(url);
    read(url);

    String document = "GET /v4/spreadsheets/" + ID;
    assertThat(google.requests())
        .containsExactly(
            "POST /token",
            document,
            document + "/values:batchGet",
            document,
            document + "/values:batchGet");
  }

  @Test
  void the_tab_of_the_url_is_read_else_the_first_that_is_not_hidden() {
    google.share(
        ID,
        new GoogleDocument(
            "Tabs",
            List.of(
                new Tab(7, "Old", true, List.of(row("old"))),
                new Tab(8, "Bob's prices", false, List.of(row("new"), row(2))),
                new Tab(9, "Formats", false, List.of(List.of(Cell.of(3, "NUMBER", "000")))))));

    assertThat(first(edit(""))).isEqualTo("new");
    assertThat(first(edit("#gid=7"))).isEqualTo("old");
    assertThat(first(edit("?gid=9#gid=9"))).isEqualTo("003");
    try (Sheet sheet = source.fetch(edit(""), Optional.empty()).orElseThrow()) {
      assertThat(sheet.tab()).isEqualTo("Bob's prices");
    }
    assertThat(failure(edit("#gid=1"), SheetErrorType.NOT_FOUND))
        .hasMessage("the Google sheet has no tab with gid=1");
  }

  @Test
  void a_view_leaves_hidden_rows_out_and_cannot_name_another_tab() {
    google.share(
        ID,
        new GoogleDocument(
            "Hidden",
            List.of(new Tab(0, "Now", false, List.of(row("a"), row("b"), row("c")), Set.of(2)))));

    assertThat(viewed(new SheetView(Optional.of("Now"), false))).containsExactly(1, 3);
    assertThat(viewed(new SheetView(Optional.empty(), true))).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> viewed(new SheetView(Optional.of("Old"), true)))
        .hasMessageContaining("another tab than the mapping names");
  }

  private List<Integer> viewed(SheetView view) {
    List<Integer> numbers = new ArrayList<>();
    try (Sheet sheet = source.fetch(url, Optional.empty()).orElseThrow()) {
      sheet.read(view, row -> numbers.add(row.number()));
    }
    return numbers;
  }

  @Test
  void an_unchanged_document_is_unchanged_and_a_changed_format_is_not() {
    try (SheetSources sources = SheetSources.of(SourcePolicy.STRICT, LIMITS, List.of(source))) {
      SheetVersion version;
      try (Sheet sheet = sources.fetch(url, Optional.empty()).orElseThrow()) {
        version = sheet.version();
      }
      try (Sheet sheet = sources.fetch(url, Optional.of(version)).orElseThrow()) {
        assertThat(sheet.version()).isEqualTo(version);
      }

      google.share(
          ID,
          GoogleDocument.of(
              "Prices",
              List.of(
                  row("sku", "price"), List.of(Cell.of("A"), Cell.of(1.5, "NUMBER", "0.000")))));
      try (Sheet sheet = sources.fetch(url, Optional.of(version)).orElseThrow()) {
        assertThat(sheet.version()).isNotEqualTo(version);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "REVOKED | ACCESS_DENIED | Google refuses access to the sheet (HTTP status 403): share the sheet with millrace@demo-project.iam.gserviceaccount.com",
        "API_DISABLED | ACCESS_DENIED | the Google Sheets API is not enabled in the project of millrace@demo-project.iam.gserviceaccount.com: enable it in Google's console",
        "MISSING | NOT_FOUND | Google has no sheet of this URL (HTTP status 404)",
        "OFFICE_FILE | NOT_A_SHEET | Google cannot read the document as a Google sheet (HTTP status 400); is it an Office file?",
        "INTERNAL | UNREACHABLE | 127.0.0.1 cannot be read: HTTP status 500",
        "UNAVAILABLE | UNREACHABLE | 127.0.0.1 cannot be read: HTTP status 503",
        "QUOTA | UNREACHABLE | 127.0.0.1 cannot be read: HTTP status 429, pause of 60 s",
        "QUOTA_WITH_TIME | UNREACHABLE | 127.0.0.1 cannot be read: HTTP status 429, pause of 7 s"
      })
  void each_error_of_the_api_has_its_sentence(
      GoogleFault fault, SheetErrorType type, String message) {
    google.fail(fault);

    assertThat(failure(url, type)).hasMessage(message);
  }

  @Test
  void a_quota_asks_all_jobs_for_a_pause() {
    google.fail(GoogleFault.QUOTA_WITH_TIME);

    SheetException.Asked asked = failure(url, SheetErrorType.UNREACHABLE).asked().orElseThrow();

    assertThat(asked.server()).isEqualTo("127.0.0.1:" + google.root().getPort());
    assertThat(asked.time()).isEqualTo(Duration.ofSeconds(7));
  }

  @ParameterizedTest
  @EnumSource(
      value = GoogleFault.class,
      names = {"TRUNCATED", "HALF_JSON"})
  void an_answer_that_is_cut_off_is_never_read(GoogleFault fault) {
    google.fail(fault);
    failure(url, SheetErrorType.UNREACHABLE);

    google.failAfter(1, fault); // the first of the two reads is good
    failure(url, SheetErrorType.UNREACHABLE);
    assertThat(read(url)).hasSize(2);
  }

  @Test
  void a_slow_answer_ends_at_the_limit_of_time() {
    SheetLimits impatient =
        new SheetLimits(200_000, 10, 10, Duration.ofMillis(200), Duration.ofMillis(500));
    google.fail(GoogleFault.SLOW);
    try (GoogleSheets slow = new GoogleSheets(settings, impatient, limiter())) {
      assertThatThrownBy(() -> slow.fetch(url, Optional.empty()))
          .hasMessage("Google's answer was not complete within 700 ms");
    }
  }

  @Test
  void a_token_that_ended_is_replaced_once() {
    read(url);
    google.endTokens();

    assertThat(read(url)).hasSize(2);
    assertThat(google.requests().stream().filter("POST /token"::equals)).hasSize(2);

    google.fail(GoogleFault.UNAUTHENTICATED, GoogleFault.UNAUTHENTICATED);
    assertThat(failure(url, SheetErrorType.ACCESS_DENIED))
        .hasMessageContaining("Google refuses the access token of " + google.email());
  }

  @Test
  void an_assertion_with_another_key_gets_no_token() throws IOException {
    Path stolen = directory.resolve("other.json");
    try (GoogleServer other = GoogleServer.start()) {
      other.writeKey(stolen);
    }
    GoogleSettings wrong =
        new GoogleSettings(ServiceAccountKey.read(stolen), google.root(), google.token());
    try (GoogleSheets refused = new GoogleSheets(wrong, LIMITS, limiter())) {
      SheetException failure =
          catchThrowableOfType(SheetException.class, () -> refused.fetch(url, Optional.empty()));
      assertThat(failure.type()).isEqualTo(SheetErrorType.ACCESS_DENIED);
      assertThat(failure)
          .hasMessage(
              "Google refuses the key of "
                  + google.email()
                  + " (invalid_grant): was the key deleted, or is the clock of this machine wrong?");
    }
    assertThat(google.requests()).containsExactly("POST /token");
  }

  @Test
  void a_server_that_is_away_is_unreachable() {
    google.close();

    assertThat(failure(url, SheetErrorType.UNREACHABLE))
        .hasMessage("127.0.0.1 gives no access token: connection refused");
  }

  @Test
  void nothing_is_requested_beyond_the_quota() {
    SharedLimiter small =
        new SharedLimiter(redis, "google", List.of(new SharedLimiter.Limit("user", 4)), () -> 1);
    try (GoogleSheets limited = new GoogleSheets(settings, LIMITS, small)) {
      for (int i = 0; i < 4 / GoogleSheets.READS; i++) {
        limited.fetch(url, Optional.empty()).orElseThrow().close();
      }
      int sent = google.requests().size();

      SheetBusyException busy =
          catchThrowableOfType(
              SheetBusyException.class, () -> limited.fetch(url, Optional.empty()));

      assertThat(busy.time()).isBetween(Duration.ofMillis(1), Duration.ofMinutes(1));
      assertThat(google.requests()).hasSize(sent);
    }
  }

  @Test
  void the_limits_of_a_sheet_hold_here_too() {
    List<List<Cell>> rows = new ArrayList<>();
    for (int i = 0; i <= LIMITS.maxRows(); i++) {
      rows.add(row(i));
    }
    google.share(ID, GoogleDocument.of("Long", rows));
    assertThatThrownBy(() -> read(url)).hasMessage("the sheet has more than 1000 rows");

    google.share(ID, GoogleDocument.of("Wide", List.of(row("x".repeat(300_000)))));
    assertThatThrownBy(() -> read(url))
        .hasMessage("Google's answer with the values of the sheet has more than 200000 bytes");
  }

  private List<SheetCell> cellsOf(Cell... cells) {
    google.share(ID, GoogleDocument.of("Cells", List.of(List.of(cells))));
    return read(url).get(0).cells();
  }

  private String first(URI address) {
    return read(address).get(0).cell(0).text();
  }

  private List<SheetRow> read(URI address) {
    List<SheetRow> rows = new ArrayList<>();
    try (Sheet sheet = source.fetch(address, Optional.empty()).orElseThrow()) {
      sheet.read(rows::add);
    }
    return rows;
  }

  private SheetException failure(URI address, SheetErrorType type) {
    SheetException failure = catchThrowableOfType(SheetException.class, () -> read(address));
    assertThat(failure).as("must fail with %s", type).isNotNull();
    assertThat(failure.type()).as(failure.getMessage()).isEqualTo(type);
    return failure;
  }

  private static URI edit(String rest) {
    return URI.create("https://docs.google.com/spreadsheets/d/" + ID + "/edit" + rest);
  }

  private static List<Cell> row(Object... values) {
    List<Cell> cells = new ArrayList<>();
    for (Object value : values) {
      cells.add(Cell.of(value));
    }
    return cells;
  }
}
