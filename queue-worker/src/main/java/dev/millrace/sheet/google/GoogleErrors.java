package dev.millrace.sheet.google;

import com.google.api.client.http.HttpResponseException;
import dev.millrace.http.HostPauses;
import dev.millrace.http.RetryAfter;
import dev.millrace.sheet.HttpFailure;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetLimits;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an admin can do about an answer of Google's. Nothing of an answer's text is repeated. */
final class GoogleErrors {
  private static final Pattern OAUTH_ERROR =
      Pattern.compile("\"error\"\\s*:\\s*\"([a-z_]{1,40})\"");
  private static final Pattern DISABLED = Pattern.compile("SERVICE_DISABLED|accessNotConfigured");
  private static final Pattern QUOTA =
      Pattern.compile("RATE_LIMIT_EXCEEDED|[rR]ateLimitExceeded|RESOURCE_EXHAUSTED");

  /** Google's quotas are refilled each minute. */
  private static final Duration QUOTA_TIME = Duration.ofMinutes(1);

  private GoogleErrors() {}

  /** The API's answer is an error. */
  static SheetException refused(HttpResponseException e, GoogleSettings settings) {
    int status = e.getStatusCode();
    String content = String.valueOf(e.getContent());
    String email = settings.key().email();
    return switch (status) {
      case 400 ->
          new SheetException(
              SheetErrorType.NOT_A_SHEET,
              "Google cannot read the document as a Google sheet (HTTP status 400); is it an Office file?");
      case 401 ->
          denied("Google refuses the access token of %s twice (HTTP status 401)".formatted(email));
      case 403 -> {
        if (QUOTA.matcher(content).find()) {
          yield paused(e, settings);
        }
        yield DISABLED.matcher(content).find()
            ? denied(
                "the Google Sheets API is not enabled in the project of %s: enable it in Google's console"
                    .formatted(email))
            : denied(
                "Google refuses access to the sheet (HTTP status 403): share the sheet with "
                    + email);
      }
      case 404 ->
          new SheetException(
              SheetErrorType.NOT_FOUND, "Google has no sheet of this URL (HTTP status 404)");
      case 429, 503 -> paused(e, settings);
      default -> unreachable(settings, "HTTP status " + status);
    };
  }

  private static SheetException paused(HttpResponseException e, GoogleSettings settings) {
    int status = e.getStatusCode();
    Optional<Duration> asked =
        RetryAfter.parse(
            text(e.getHeaders().getRetryAfter()), text(e.getHeaders().getDate()), Instant.now());
    if (asked.isEmpty() && status == 503) {
      return unreachable(settings, "HTTP status 503");
    }
    Duration time = asked.orElse(QUOTA_TIME);
    return new SheetException(
        "%s cannot be read: HTTP status %d, pause of %d s"
            .formatted(settings.root().getHost(), status, time.toSeconds()),
        new SheetException.Asked(HostPauses.server(settings.root()), time));
  }

  /** No token was given for the key. */
  static SheetException noToken(IOException e, GoogleSettings settings, SheetLimits limits) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpResponseException answer) {
        int status = answer.getStatusCode();
        if (status != 400 && status != 401 && status != 403) {
          return unreachable(settings, "HTTP status " + status + " instead of an access token");
        }
        Matcher error = OAUTH_ERROR.matcher(String.valueOf(answer.getContent()));
        return denied(
            "Google refuses the key of %s (%s): was the key deleted, or is the clock of this machine wrong?"
                .formatted(
                    settings.key().email(), error.find() ? error.group(1) : "HTTP " + status));
      }
    }
    return new SheetException(
        SheetErrorType.UNREACHABLE,
        "%s gives no access token: %s"
            .formatted(settings.token().getHost(), HttpFailure.reason(root(e), limits)));
  }

  /** The failure of the network below the exceptions of Google's client. */
  private static IOException root(IOException e) {
    IOException root = e;
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException deeper) {
        root = deeper;
      }
    }
    return root;
  }

  private static String text(@Nullable String header) {
    return header == null ? "" : header;
  }

  private static SheetException denied(String message) {
    return new SheetException(SheetErrorType.ACCESS_DENIED, message);
  }

  private static SheetException unreachable(GoogleSettings settings, String why) {
    return new SheetException(
        SheetErrorType.UNREACHABLE, settings.root().getHost() + " cannot be read: " + why);
  }
}
