package dev.millrace.sheet.google;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.GenericJson;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.sheets.v4.Sheets;
import com.google.api.services.sheets.v4.SheetsScopes;
import com.google.api.services.sheets.v4.model.BatchGetValuesResponse;
import com.google.api.services.sheets.v4.model.CellData;
import com.google.api.services.sheets.v4.model.Spreadsheet;
import com.google.auth.oauth2.ServiceAccountCredentials;
import dev.millrace.demo.google.GoogleDocument;
import dev.millrace.demo.google.GoogleDocument.Cell;
import dev.millrace.demo.google.GoogleDocument.Tab;
import dev.millrace.demo.google.GoogleFault;
import dev.millrace.demo.google.GoogleServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The local server in place of Google against the model of Google's own client. */
class GoogleAnswersTest {
  /** Of Google's error model (AIP-193), which is younger than the client's class. */
  private static final List<String> RPC_ERROR =
      List.of("/status", "/details[]/reason", "/details[]/domain");

  private final HttpTransport transport = new NetHttpTransport();
  private GoogleServer google;
  private Sheets client;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    google = GoogleServer.start();
    google.writeKey(directory.resolve("key.json"));
    ServiceAccountCredentials account =
        ServiceAccountKey.read(directory.resolve("key.json")).credentials().toBuilder()
            .setScopes(List.of(SheetsScopes.SPREADSHEETS_READONLY))
            .setHttpTransportFactory(() -> transport)
            .build();
    String token = account.refreshAccessToken().getTokenValue();
    client =
        new Sheets.Builder(
                transport,
                GsonFactory.getDefaultInstance(),
                request -> request.getHeaders().setAuthorization("Bearer " + token))
            .setRootUrl(google.root().toString())
            .setApplicationName("test")
            .build();
    google.share(
        "doc",
        new GoogleDocument(
            "All",
            List.of(
                new Tab(
                    0,
                    "First",
                    false,
                    List.of(
                        List.of(
                            Cell.of("text"), Cell.of(1.5), Cell.of(true), Cell.error("#DIV/0!")),
                        List.of(Cell.of(45_352, "DATE", "yyyy-mm-dd"), Cell.of("")))),
                new Tab(5, "Second", true, List.of()))));
  }

  @AfterEach
  void stop() {
    google.close();
  }

  @Test
  void every_field_of_a_spreadsheet_is_one_of_the_model() throws IOException {
    Spreadsheet answer = client.spreadsheets().get("doc").setIncludeGridData(true).execute();

    assertThat(unknown(answer, "")).isEmpty();
    assertThat(answer.getSheets()).hasSize(2);
    assertThat(answer.getSheets().get(1).getProperties().getHidden()).isTrue();
    List<CellData> cells =
        answer.getSheets().get(0).getData().get(0).getRowData().get(0).getValues();
    assertThat(cells.get(0).getEffectiveValue().getStringValue()).isEqualTo("text");
    assertThat(cells.get(1).getEffectiveValue().getNumberValue()).isEqualTo(1.5);
    assertThat(cells.get(2).getEffectiveValue().getBoolValue()).isTrue();
    assertThat(cells.get(3).getEffectiveValue().getErrorValue().getType()).isEqualTo("DIV0");
  }

  @Test
  void every_field_of_the_values_is_one_of_the_model() throws IOException {
    BatchGetValuesResponse answer = values().execute();

    assertThat(unknown(answer, "")).isEmpty();
    assertThat(answer.getValueRanges().get(0).getValues())
        .containsExactly(
            List.of("text", new BigDecimal("1.5"), true, "#DIV/0!"),
            List.of(new BigDecimal("45352")));
  }

  @Test
  void a_field_mask_keeps_what_it_names() throws IOException {
    Spreadsheet answer =
        client
            .spreadsheets()
            .get("doc")
            .setFields("sheets(properties/title,data.rowData)".replace(".", "/"))
            .execute();

    assertThat(answer.keySet()).containsExactly("sheets");
    assertThat(answer.getSheets().get(0).getProperties().keySet()).containsExactly("title");
    assertThat(answer.getSheets().get(0).getData().get(0).getRowData()).hasSize(2);
  }

  @Test
  void a_parameter_that_google_does_not_know_is_refused() {
    assertThatThrownBy(() -> values().set("valueRender", "x").execute())
        .isInstanceOfSatisfying(
            GoogleJsonResponseException.class,
            e -> {
              assertThat(e.getStatusCode()).isEqualTo(400);
              assertThat(e.getDetails().getMessage()).contains("valueRender");
            });
  }

  @Test
  void every_error_is_one_of_the_model() {
    for (GoogleFault fault :
        EnumSet.complementOf(
            EnumSet.of(GoogleFault.SLOW, GoogleFault.TRUNCATED, GoogleFault.HALF_JSON))) {
      google.fail(fault);
      assertThatThrownBy(() -> values().execute())
          .isInstanceOfSatisfying(
              GoogleJsonResponseException.class,
              e -> assertThat(unknown(e.getDetails(), "")).as(fault.name()).isSubsetOf(RPC_ERROR));
    }
  }

  private Sheets.Spreadsheets.Values.BatchGet values() throws IOException {
    return client
        .spreadsheets()
        .values()
        .batchGet("doc")
        .setRanges(List.of("'First'"))
        .setMajorDimension("ROWS")
        .setValueRenderOption("UNFORMATTED_VALUE")
        .setDateTimeRenderOption("SERIAL_NUMBER");
  }

  /** The paths of all fields that a model class does not declare. */
  private static List<String> unknown(Object value, String path) {
    List<String> paths = new ArrayList<>();
    if (value instanceof GenericJson object) {
      object.getUnknownKeys().keySet().forEach(key -> paths.add(path + "/" + key));
      object.forEach((key, field) -> paths.addAll(unknown(field, path + "/" + key)));
    } else if (value instanceof List<?> list) {
      list.forEach(element -> paths.addAll(unknown(element, path + "[]")));
    }
    return paths;
  }
}
