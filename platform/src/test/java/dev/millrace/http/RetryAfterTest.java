package dev.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-06T08:49:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "6 | 6",
        " 120 | 120",
        "0 | 0",
        "007 | 7",
        "99999999999999999999 | 2147483647",
        "Fri, 06 Nov 2026 08:49:37 GMT | 37",
        "Friday, 06-Nov-26 08:49:37 GMT | 37",
        "Fri Nov  6 08:49:37 2026 | 37",
        "Fri, 06 Nov 2026 08:00:00 GMT | 0"
      })
  void seconds_and_dates_are_read(String value, long seconds) {
    assertThat(RetryAfter.parse(value, "", NOW)).contains(Duration.ofSeconds(seconds));
  }

  @Test
  void a_date_is_meant_by_the_clock_of_its_server() {
    assertThat(
            RetryAfter.parse("Fri, 06 Nov 2026 10:00:30 GMT", "Fri, 06 Nov 2026 10:00:00 GMT", NOW))
        .contains(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "soon", "1.5", "6s", "Fri, 31 Feb 2026", "١٢"})
  void what_is_neither_is_nothing(String value) {
    assertThat(RetryAfter.parse(value, "", NOW)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://Docs.Google.com/spreadsheets/d/1, docs.google.com:443",
    "http://example.org/a, example.org:80",
    "http://example.org:8080/a, example.org:8080"
  })
  void a_server_is_a_host_and_a_port(String url, String server) {
    assertThat(HostPauses.server(URI.create(url))).isEqualTo(server);
  }
}
