package dev.millrace.sheet.google;

import com.google.api.client.googleapis.services.AbstractGoogleClientRequest;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.http.HttpResponseException;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.sheets.v4.Sheets;
import com.google.api.services.sheets.v4.SheetsScopes;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.ServiceAccountCredentials;
import dev.millrace.sheet.GuardedHttpClient;
import dev.millrace.sheet.HttpFailure;
import dev.millrace.sheet.Network;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetLimits;
import dev.millrace.sheet.SourcePolicy;
import dev.millrace.sheet.SpoolFile;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * The two requests for a sheet, each with a token of the service account. A token that Google
 * refuses is replaced once. Nothing is logged by Google's client. Thread-safe.
 */
final class GoogleApi implements AutoCloseable {
  private static final String DOCUMENT =
      "sheets(properties(sheetId,title,sheetType,hidden),"
          + "data(rowMetadata(hiddenByUser,hiddenByFilter),rowData(values(effectiveFormat(numberFormat)))))";

  private static final String VALUES = "valueRanges(range,majorDimension,values)";

  /** Formats are longer than values, and are on disk as well. */
  private static final int FORMATS_TO_VALUES = 5;

  /** A token is replaced this long before its end. */
  private static final Duration RESERVE = Duration.ofMinutes(5);

  private final GoogleSettings settings;
  private final SheetLimits limits;
  private final CloseableHttpClient client;
  private final ServiceAccountCredentials credentials;
  private final Sheets sheets;
  private @Nullable AccessToken token;

  GoogleApi(GoogleSettings settings, SheetLimits limits, Network network) {
    this.settings = settings;
    this.limits = limits;
    boolean local =
        GoogleSettings.isLoopback(settings.root()) || GoogleSettings.isLoopback(settings.token());
    SourcePolicy policy = new SourcePolicy(Set.of("http", "https"), local, List.of());
    client = GuardedHttpClient.create(policy, limits, network);
    GoogleTransport transport =
        new GoogleTransport(client, limits.wholeTime(), settings.root(), settings.token());
    credentials =
        settings.key().credentials().toBuilder()
            .setScopes(List.of(SheetsScopes.SPREADSHEETS_READONLY))
            .setTokenServerUri(settings.token())
            .setHttpTransportFactory(() -> transport)
            .setDefaultRetriesEnabled(false) // the job is tried again, and waits in the queue
            .build();
    sheets =
        new Sheets.Builder(
                transport,
                GsonFactory.getDefaultInstance(),
                request -> {
                  request.setLoggingEnabled(false);
                  request.setCurlLoggingEnabled(false);
                  request.setNumberOfRetries(0);
                })
            .setRootUrl(settings.root().toString())
            .setApplicationName("millrace")
            .build();
  }

  /** The answer of {@code spreadsheets.get}: the tabs, and the number formats of their cells. */
  SpoolFile document(String id) {
    try {
      return call(
          sheets.spreadsheets().get(id).setFields(DOCUMENT),
          (long) FORMATS_TO_VALUES * limits.maxBytes(),
          "Google's answer with the number formats of the document");
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /** The answer of {@code values.batchGet} for a whole tab. */
  SpoolFile values(String id, String range) {
    try {
      return call(
          sheets
              .spreadsheets()
              .values()
              .batchGet(id)
              .setRanges(List.of(range))
              .setMajorDimension("ROWS")
              .setValueRenderOption("UNFORMATTED_VALUE")
              .setDateTimeRenderOption("SERIAL_NUMBER")
              .setFields(VALUES),
          limits.maxBytes(),
          "Google's answer with the values of the sheet");
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private SpoolFile call(AbstractGoogleClientRequest<?> request, long maxBytes, String what) {
    boolean replaced = false;
    while (true) {
      AccessToken used = token();
      request.getRequestHeaders().setAuthorization("Bearer " + used.getTokenValue());
      try {
        HttpResponse response = request.executeUnparsed();
        try {
          return SpoolFile.receive(response.getContent(), maxBytes, what);
        } finally {
          response.disconnect();
        }
      } catch (HttpResponseException e) {
        if (e.getStatusCode() == 401 && !replaced) {
          replaced = true;
          forget(used);
          continue;
        }
        throw GoogleErrors.refused(e, settings);
      } catch (IOException e) {
        throw unreachable(e);
      }
    }
  }

  private synchronized AccessToken token() {
    if (token == null || endsSoon(token)) {
      try {
        token = credentials.refreshAccessToken();
      } catch (IOException e) {
        throw GoogleErrors.noToken(e, settings, limits);
      }
    }
    return token;
  }

  private static boolean endsSoon(AccessToken token) {
    Date end = token.getExpirationTime();
    return end == null || end.toInstant().isBefore(Instant.now().plus(RESERVE));
  }

  private synchronized void forget(AccessToken refused) {
    if (refused.equals(token)) {
      token = null;
    }
  }

  private SheetException unreachable(IOException e) {
    return new SheetException(
        SheetErrorType.UNREACHABLE,
        settings.root().getHost() + " cannot be read: " + HttpFailure.reason(e, limits),
        e);
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
  }
}
