package dev.millrace.sheet;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoogleSheetUrlTest {
  private static final String GOOGLE = "https://docs.google.com";

  @ParameterizedTest
  @CsvSource({
    "/spreadsheets/d/1aB-c_9/edit#gid=7, /spreadsheets/d/1aB-c_9/export?format=csv&gid=7",
    "/spreadsheets/d/1aB/edit?gid=7#gid=7, /spreadsheets/d/1aB/export?format=csv&gid=7",
    "/spreadsheets/d/1aB/edit?usp=sharing, /spreadsheets/d/1aB/export?format=csv",
    "/spreadsheets/d/1aB/view, /spreadsheets/d/1aB/export?format=csv",
    "/spreadsheets/d/1aB, /spreadsheets/d/1aB/export?format=csv",
    "/spreadsheets/d/1aB/, /spreadsheets/d/1aB/export?format=csv",
    "/spreadsheets/u/1/d/1aB/edit#gid=3, /spreadsheets/d/1aB/export?format=csv&gid=3",
    "/spreadsheets/d/1aB/edit?resourcekey=0-x#gid=3, /spreadsheets/d/1aB/export?format=csv&gid=3&resourcekey=0-x",
    "/spreadsheets/d/e/2PACX-1v/pubhtml?gid=5&single=true, /spreadsheets/d/e/2PACX-1v/pub?output=csv&gid=5",
  })
  void the_url_of_the_editor_becomes_the_url_of_its_csv(String page, String csv) {
    assertThat(GoogleSheetUrl.asCsvExport(URI.create(GOOGLE + page)))
        .isEqualTo(URI.create(GOOGLE + csv));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://docs.google.com/spreadsheets/d/1aB/export?format=xlsx",
        "https://docs.google.com/spreadsheets/d/1aB/gviz/tq?tqx=out:csv",
        "https://docs.google.com/spreadsheets/d/e/2PACX-1v/pub?output=csv",
        "https://docs.google.com/document/d/1aB/edit",
        "https://docs.google.com.example.org/spreadsheets/d/1aB/edit",
        "https://example.org/spreadsheets/d/1aB/edit#gid=7",
        "file:///spreadsheets/d/1aB/edit"
      })
  void other_urls_are_unchanged(String url) {
    assertThat(GoogleSheetUrl.asCsvExport(URI.create(url))).isEqualTo(URI.create(url));
  }

  @ParameterizedTest
  @CsvSource({
    "docs.google.com, true",
    "doc-0s-sheets.GoogleUserContent.com, true",
    "google.com.example.org, false",
    "evilgoogle.com, false",
    "notgoogleusercontent.com, false"
  })
  void only_hosts_of_google_are_accepted_as_google(String host, boolean google) {
    assertThat(GoogleSheetUrl.isGoogleHost(host)).isEqualTo(google);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://docs.google.com/spreadsheets/d/e/2PACX-1v/pub?output=csv",
        "https://docs.google.com/spreadsheets/d/e/2PACX-1v/pubhtml",
        "https://docs.google.com/spreadsheets/d/abc/export?format=csv",
        "https://docs.google.com/spreadsheets/d/abc/gviz/tq?tqx=out:csv",
        "https://docs.google.com/document/d/abc/edit",
        "https://docs.google.com.example.org/spreadsheets/d/abc/edit",
        "https://example.org/spreadsheets/d/abc/edit",
        "file:///spreadsheets/d/abc/edit"
      })
  void published_sheets_and_other_urls_are_no_documents(String other) {
    assertThat(GoogleSheetUrl.document(URI.create(other))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://docs.google.com/spreadsheets/d/1a-B_c/edit#gid=0, 1a-B_c, 0",
    "https://docs.google.com/spreadsheets/d/1a/edit?gid=7#gid=8, 1a, 8",
    "https://docs.google.com/spreadsheets/u/1/d/1a/view, 1a,",
    "https://docs.google.com/spreadsheets/d/1a, 1a,",
    "https://docs.google.com/spreadsheets/d/1a/edit#gid=99999999999, 1a,"
  })
  void the_address_of_an_editor_names_document_and_tab(URI url, String id, Integer gid) {
    assertThat(GoogleSheetUrl.document(url))
        .contains(new GoogleSheetUrl.Document(id, Optional.ofNullable(gid)));
  }
}
