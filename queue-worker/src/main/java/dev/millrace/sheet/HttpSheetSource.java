package dev.millrace.sheet;

import dev.millrace.http.HostPauses;
import dev.millrace.http.RetryAfter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CSV and XLSX over HTTP, including published Google sheets. Follows at most {@value #MAX_HOPS}
 * redirects: each to the same host or to one of Google's, never from HTTPS to HTTP, and each
 * checked by the policy. It sends the request line and fixed headers only: no cookies, no
 * credentials.
 */
public final class HttpSheetSource implements SheetSource {
  private static final Logger log = LoggerFactory.getLogger(HttpSheetSource.class);
  private static final int MAX_HOPS = 3;

  private final SourcePolicy policy;
  private final SheetMemory memory;
  private final SheetLimits limits;
  private final CloseableHttpClient client;
  private final ScheduledThreadPoolExecutor watchdog;

  HttpSheetSource(SourcePolicy policy, SheetMemory memory, SheetLimits limits, Network network) {
    this.policy = policy;
    this.memory = memory;
    this.limits = limits;
    this.client = GuardedHttpClient.create(policy, limits, network);
    this.watchdog = new ScheduledThreadPoolExecutor(1, HttpSheetSource::daemon);
    watchdog.setRemoveOnCancelPolicy(true);
  }

  @Override
  public boolean accepts(URI url) {
    return "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
  }

  @Override
  public SheetTable read(URI url) {
    long deadline = System.nanoTime() + limits.wholeTime().toNanos();
    URI next = GoogleSheetUrl.asCsvExport(url);
    for (int hop = 0; hop <= MAX_HOPS; hop++) {
      policy.check(next);
      Answer answer = get(next, deadline);
      if (answer.content() != null) {
        return answer.content().parse(memory, limits);
      }
      next = redirect(next, answer.location());
    }
    throw unreachable(next, "redirects more than " + MAX_HOPS + " times");
  }

  @Override
  public void close() {
    watchdog.shutdownNow();
    client.close(CloseMode.IMMEDIATE);
  }

  /** Either the content or the target of a redirect. */
  private record Answer(@Nullable SheetContent content, String location) {}

  private Answer get(URI url, long deadline) {
    HttpGet request = new HttpGet(url);
    // the socket's time-out limits a silence, not a slow server
    AtomicBoolean late = new AtomicBoolean();
    ScheduledFuture<?> alarm =
        watchdog.schedule(
            () -> {
              late.set(true); // first, because the cancel ends the read
              cancel(request);
            },
            deadline - System.nanoTime(),
            TimeUnit.NANOSECONDS);
    try {
      ClassicHttpResponse response = client.executeOpen(null, request, null);
      try {
        return answer(url, response);
      } finally {
        // closing alone would read the rest of the body
        request.cancel();
        Closer.closeQuietly(response);
      }
    } catch (IOException e) {
      throw unreachable(url, late.get() ? "the answer was not complete in time" : reason(e), e);
    } finally {
      alarm.cancel(false);
    }
  }

  /** If a request cannot be cancelled, all connections of this source are closed. */
  private void cancel(HttpGet request) {
    try {
      request.cancel();
    } catch (RuntimeException | Error e) {
      log.error("a request for a sheet could not be cancelled; its client is closed", e);
      client.close(CloseMode.IMMEDIATE);
    }
  }

  private Answer answer(URI url, ClassicHttpResponse response) throws IOException {
    return switch (response.getCode()) {
      case HttpStatus.SC_OK -> new Answer(content(url, response.getEntity()), "");
      case HttpStatus.SC_MOVED_PERMANENTLY,
          HttpStatus.SC_MOVED_TEMPORARILY,
          HttpStatus.SC_SEE_OTHER,
          HttpStatus.SC_TEMPORARY_REDIRECT,
          HttpStatus.SC_PERMANENT_REDIRECT ->
          new Answer(null, header(response, HttpHeaders.LOCATION));
      case HttpStatus.SC_UNAUTHORIZED, HttpStatus.SC_FORBIDDEN -> throw accessDenied(url);
      case HttpStatus.SC_NOT_FOUND, HttpStatus.SC_GONE ->
          throw new SheetException(
              SheetErrorType.NOT_FOUND,
              url.getHost() + " has no such sheet (%d)".formatted(response.getCode()));
      default -> throw refused(url, response);
    };
  }

  private static SheetException refused(URI url, ClassicHttpResponse response) {
    String why = "HTTP status " + response.getCode();
    Optional<Duration> wait =
        RetryAfter.counts(response.getCode())
            ? RetryAfter.parse(
                header(response, HttpHeaders.RETRY_AFTER),
                header(response, HttpHeaders.DATE),
                Instant.now())
            : Optional.empty();
    return wait.map(
            time ->
                new SheetException(
                    cannotBeRead(url, why + ", it asks for a pause of " + time.toSeconds() + " s"),
                    new SheetException.Asked(HostPauses.server(url), time)))
        .orElseGet(() -> unreachable(url, why));
  }

  private SheetContent content(URI url, @Nullable HttpEntity entity) throws IOException {
    if (entity == null) {
      return new SheetContent(new byte[0], "", "");
    }
    String type = entity.getContentType() == null ? "" : entity.getContentType();
    return new SheetContent(
        SheetContent.readAll(entity.getContent(), memory, limits), type, url.getPath());
  }

  private static URI redirect(URI from, String location) {
    if (location.isBlank()) {
      throw unreachable(from, "a redirect has no target");
    }
    URI to;
    try {
      to = from.resolve(location.strip());
    } catch (IllegalArgumentException e) {
      throw unreachable(from, "the target of a redirect is not a URL", e);
    }
    String host = to.getHost();
    if (host == null) {
      throw unreachable(from, "the target of a redirect has no host");
    }
    if (GoogleSheetUrl.isSignIn(host)) {
      throw accessDenied(from);
    }
    if (!host.equalsIgnoreCase(from.getHost()) && !GoogleSheetUrl.isGoogleHost(host)) {
      throw new SheetException(
          SheetErrorType.FORBIDDEN_SOURCE, from.getHost() + " redirects to another host: " + host);
    }
    if (isHttps(from) && !isHttps(to)) {
      throw new SheetException(
          SheetErrorType.FORBIDDEN_SOURCE, from.getHost() + " redirects away from HTTPS");
    }
    return to;
  }

  private static boolean isHttps(URI url) {
    return url.getScheme() != null && url.getScheme().toLowerCase(Locale.ROOT).equals("https");
  }

  private static String header(ClassicHttpResponse response, String name) {
    Header header = response.getFirstHeader(name);
    return header == null || header.getValue() == null ? "" : header.getValue();
  }

  private static SheetException accessDenied(URI url) {
    return new SheetException(
        SheetErrorType.ACCESS_DENIED,
        url.getHost() + " refuses access to the sheet; is it shared?");
  }

  private static SheetException unreachable(URI url, String why) {
    return new SheetException(SheetErrorType.UNREACHABLE, cannotBeRead(url, why));
  }

  private static SheetException unreachable(URI url, String why, Exception cause) {
    return new SheetException(SheetErrorType.UNREACHABLE, cannotBeRead(url, why), cause);
  }

  private static String cannotBeRead(URI url, String why) {
    return url.getHost() + " cannot be read: " + why;
  }

  /** Describes a failure in a text that cannot contain the URL. */
  private static String reason(IOException e) {
    if (e instanceof UnknownHostException) {
      return "unknown host";
    } else if (e instanceof ConnectException) {
      return "connection refused";
    } else if (e instanceof InterruptedIOException) { // all time-outs are such
      return "no answer in time";
    } else if (e instanceof SSLException) {
      return "TLS: " + e.getMessage();
    }
    return "the connection broke (" + e.getClass().getSimpleName() + ")";
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "sheet-watchdog");
    thread.setDaemon(true);
    return thread;
  }
}
