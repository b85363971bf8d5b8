package dev.millrace.http;

import dev.millrace.MillraceException;
import java.io.Serial;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * POSTs JSON to an address that an operator has set. No redirect is followed, so the key that goes
 * with a call reaches that address only. Bodies of answers are discarded. Thread-safe.
 */
public final class JsonPoster {
  private final HttpClient client;
  private final Duration timeout;

  /**
   * A client.
   *
   * @param timeout of one call, its whole answer included
   */
  public JsonPoster(Duration timeout) {
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .build();
  }

  /**
   * An answer.
   *
   * @param retryAfter the pause that the server asked for; empty: it asked for none
   * @param summary what to report of it: {@code answered 503}
   */
  public record Answer(int status, Optional<Duration> retryAfter, String summary) {
    public boolean taken() {
      return status >= 200 && status < 300;
    }
  }

  /** There was no answer in time. */
  public static final class NoResponseException extends MillraceException {
    @Serial private static final long serialVersionUID = 1;

    NoResponseException(String message) {
      super(message);
    }
  }

  /**
   * Sends a document and waits for the answer.
   *
   * @throws NoResponseException when there was no answer in time
   */
  public Answer send(URI url, String json, Map<String, String> headers)
      throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .header("User-Agent", "millrace")
            .POST(BodyPublishers.ofString(json));
    headers.forEach(request::header);
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(request.build(), BodyHandlers.discarding());
    try {
      return answer(answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      throw new NoResponseException(
          redacted(url) + " did not answer within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      String reason = e.getCause() == null ? null : e.getCause().getMessage();
      String kind = e.getCause() == null ? "" : e.getCause().getClass().getSimpleName();
      throw new NoResponseException(
          redacted(url) + " cannot be reached: " + (reason == null ? kind : reason));
    } finally {
      answer.cancel(true);
    }
  }

  private static Answer answer(HttpResponse<Void> response) {
    int status = response.statusCode();
    String summary = "answered " + status;
    if (status >= 300 && status < 400) {
      summary +=
          response
                  .headers()
                  .firstValue("Location")
                  .map(location -> ", a redirect to " + redacted(response.uri(), location))
                  .orElse("")
              + "; redirects are not followed: set the final address";
    }
    return new Answer(status, retryAfter(response), summary);
  }

  private static String redacted(URI from, String location) {
    try {
      return redacted(from.resolve(location));
    } catch (IllegalArgumentException e) {
      return "an invalid address";
    }
  }

  /** Without what may be secret: user, path and query. */
  private static String redacted(URI uri) {
    return uri.getScheme()
        + "://"
        + uri.getHost()
        + (uri.getPort() == -1 ? "" : ":" + uri.getPort());
  }

  private static Optional<Duration> retryAfter(HttpResponse<Void> response) {
    return RetryAfter.counts(response.statusCode())
        ? RetryAfter.parse(
            response.headers().firstValue("Retry-After").orElse(""),
            response.headers().firstValue("Date").orElse(""),
            Instant.now())
        : Optional.empty();
  }
}
