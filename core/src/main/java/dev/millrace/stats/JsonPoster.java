package dev.millrace.stats;

import dev.millrace.MillraceException;
import dev.millrace.http.RetryAfter;
import java.io.Serial;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * POSTs JSON to an address that an operator has set. A redirect that keeps the method is followed
 * on the same host; the key that goes with a call never reaches another. Bodies of answers are
 * thrown away. Thread-safe.
 */
public final class JsonPoster {
  private static final int MOST_HOPS = 3;

  private final HttpClient client;
  private final Duration patience;

  /**
   * A client.
   *
   * @param patience for one call, its redirects and the whole of its answer
   */
  public JsonPoster(Duration patience) {
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience)
            .build();
  }

  /**
   * An answer.
   *
   * @param retryAfter how long the server asked to be left alone; empty: it did not
   */
  public record Answer(int status, Optional<Duration> retryAfter) {
    public boolean taken() {
      return status >= 200 && status < 300;
    }
  }

  /** There was no answer that counts. */
  public static final class NoResponseException extends MillraceException {
    @Serial private static final long serialVersionUID = 1;

    NoResponseException(String message) {
      super(message);
    }
  }

  /**
   * Sends.
   *
   * @throws NoResponseException when there was no answer in time, or it led to another host
   */
  public Answer send(URI url, String json, Map<String, String> headers)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    URI target = url;
    for (int hops = 0; ; hops++) {
      HttpResponse<Void> response = once(target, json, headers, end - System.nanoTime());
      int status = response.statusCode();
      if (status != 307 && status != 308) {
        return new Answer(status, retryAfter(response));
      }
      if (hops == MOST_HOPS) {
        throw new NoResponseException(
            "more than " + MOST_HOPS + " redirects; the last was at " + redacted(target));
      }
      target = next(target, response);
    }
  }

  private HttpResponse<Void> once(
      URI target, String json, Map<String, String> headers, long nanosLeft)
      throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target)
            .header("Content-Type", "application/json")
            .header("User-Agent", "millrace")
            .POST(BodyPublishers.ofString(json));
    headers.forEach(request::header);
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(request.build(), BodyHandlers.discarding());
    try {
      return answer.get(Math.max(0, nanosLeft), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new NoResponseException(
          redacted(target) + " did not answer within " + patience.toMillis() + " ms");
    } catch (ExecutionException e) {
      String reason = e.getCause() == null ? null : e.getCause().getMessage();
      String kind = e.getCause() == null ? "" : e.getCause().getClass().getSimpleName();
      throw new NoResponseException(
          redacted(target) + " cannot be reached: " + (reason == null ? kind : reason));
    } finally {
      answer.cancel(true);
    }
  }

  private static URI next(URI from, HttpResponse<Void> response) {
    String location = response.headers().firstValue("Location").orElse("");
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new NoResponseException(redacted(from) + " redirects to what is no address");
    }
    if (!sameHost(from, to)) {
      throw new NoResponseException(
          redacted(from) + " redirects to another host, " + redacted(to) + ": refused");
    }
    return to;
  }

  /** The same name and port, or the step from http to https on their usual ports. */
  private static boolean sameHost(URI from, URI to) {
    if (to.getHost() == null || !to.getHost().equalsIgnoreCase(from.getHost())) {
      return false;
    }
    boolean same = scheme(to).equals(scheme(from)) && port(to) == port(from);
    boolean safer =
        scheme(from).equals("http")
            && port(from) == 80
            && scheme(to).equals("https")
            && port(to) == 443;
    return same || safer;
  }

  private static String scheme(URI uri) {
    return String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
  }

  private static int port(URI uri) {
    return uri.getPort() != -1 ? uri.getPort() : scheme(uri).equals("https") ? 443 : 80;
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
