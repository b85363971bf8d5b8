package dev.millrace.sheet.google;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpRequestFactory;
import dev.millrace.demo.google.GoogleServer;
import dev.millrace.sheet.GuardedHttpClient;
import dev.millrace.sheet.Network;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetLimits;
import dev.millrace.sheet.SourcePolicy;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoogleTransportTest {
  private static final Duration TIME = Duration.ofSeconds(5);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.org/v4/spreadsheets/x",
        "http://sheets.example.com/v4/spreadsheets/x",
        "https://sheets.example.com:8443/",
        "https://user@sheets.example.com/",
        "https://sheets.example.com.evil.org/"
      })
  void a_request_goes_to_the_origins_of_the_settings_only(String url) throws IOException {
    try (CloseableHttpClient client = client()) {
      HttpRequestFactory requests = requests(client, URI.create("https://sheets.example.com/"));

      assertThatThrownBy(() -> requests.buildGetRequest(new GenericUrl(url)).execute())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("which no setting names");
    }
  }

  @Test
  void an_address_that_is_not_public_is_refused_here_too() throws IOException {
    try (GoogleServer google = GoogleServer.start();
        CloseableHttpClient client = client()) {
      HttpRequestFactory requests = requests(client, google.root());

      assertThatThrownBy(
              () -> requests.buildGetRequest(new GenericUrl(google.root().toString())).execute())
          .isInstanceOf(SheetException.class)
          .hasMessage("127.0.0.1 has an address that is not public");
      assertThat(google.requests()).isEmpty();
    }
  }

  private static HttpRequestFactory requests(CloseableHttpClient client, URI origin) {
    return new GoogleTransport(client, TIME, origin).createRequestFactory();
  }

  private static CloseableHttpClient client() {
    return GuardedHttpClient.create(
        new SourcePolicy(Set.of("http", "https"), false, List.of()),
        SheetLimits.DEFAULT,
        Network.SYSTEM);
  }
}
