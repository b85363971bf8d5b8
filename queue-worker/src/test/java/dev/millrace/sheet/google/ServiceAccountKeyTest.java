package dev.millrace.sheet.google;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.demo.google.GoogleServer;
import dev.millrace.http.SharedLimiter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceAccountKeyTest {
  private Path file;

  @BeforeEach
  void write(@TempDir Path directory) throws IOException {
    file = directory.resolve("key.json");
    try (GoogleServer google = GoogleServer.start()) {
      google.writeKey(file);
    }
  }

  @Test
  void a_key_shows_its_account_and_never_its_secret() throws IOException {
    ServiceAccountKey key = ServiceAccountKey.read(file);

    assertThat(key.email()).isEqualTo("millrace@demo-project.iam.gserviceaccount.com");
    assertThat(key.project()).isEqualTo("demo-project");
    assertThat(key.toString()).contains(key.email()).doesNotContain("PRIVATE", "credentials");
    assertThat(new GoogleSettings(key, GoogleSettings.DEFAULT_ROOT, key.token()).toString())
        .doesNotContain("PRIVATE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"service_account\" | \"authorized_user\" | its type is not service_account",
        "\"client_email\" | \"mail\" | client_id, client_email, private_key or private_key_id is missing",
        "BEGIN PRIVATE KEY | BEGIN SECRET | its private_key is no PKCS#8 key",
        "http://127.0.0.1 | http://example.org | its token_uri must be an https: URL",
        "\"type\" | type: | it cannot be read as JSON"
      })
  void a_broken_key_file_is_described_without_its_content(String text, String other, String why)
      throws IOException {
    String content = Files.readString(file);
    Files.writeString(file, content.replace(text, other));

    assertThatThrownBy(() -> ServiceAccountKey.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must be the JSON key file of a Google service account: " + why)
        .hasNoCause()
        .message()
        .doesNotContain(content.substring(content.indexOf("MII"), content.indexOf("MII") + 20));
  }

  @Test
  void a_key_that_every_account_can_read_is_reported() throws IOException {
    assertThat(ServiceAccountKey.read(file).exposed()).isEmpty();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(ServiceAccountKey.read(file).exposed().orElseThrow())
        .contains("every account of this machine can read it: chmod 600 " + file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://sheets.googleapis.com/",
        "http://127.0.0.1.example.org/",
        "https://user:secret@sheets.googleapis.com/",
        "https://sheets.googleapis.com/?key=x",
        "ftp://127.0.0.1/",
        "sheets"
      })
  void a_token_is_sent_over_https_or_within_this_machine_only(String url) {
    assertThatThrownBy(() -> GoogleSettings.checked(URI.create(url)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://sheets.example.org/", "http://127.0.0.1:8081/", "http://[::1]:8081/"})
  void addresses_of_the_settings_may_be_local(String url) {
    assertThat(GoogleSettings.checked(URI.create(url))).isEqualTo(URI.create(url));
  }

  @Test
  void the_quotas_are_those_of_a_user_and_of_its_project() {
    ServiceAccountKey key = ServiceAccountKey.read(file);
    assertThat(GoogleSheets.quotas(key))
        .containsExactly(
            new SharedLimiter.Limit("user:" + key.email(), 60),
            new SharedLimiter.Limit("project:demo-project", 300));
  }
}
