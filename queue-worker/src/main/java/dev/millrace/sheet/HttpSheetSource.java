package dev.millrace.sheet;

import dev.millrace.http.HostPauses;
import dev.millrace.http.RetryAfter;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
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
  private final SheetLimits limits;
  private final CloseableHttpClient client;
  private final ScheduledThreadPoolExecutor watchdog;

  HttpSheetSource(SourcePolicy policy, SheetLimits limits, Network network) {
    this.policy = policy;
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
  public Optional<Sheet> fetch(URI url, Optional<SheetVersion> known) {
    long deadline = System.nanoTime() + limits.wholeTime().toNanos();
    URI next = GoogleSheetUrl.asCsvExport(url);
    for (int hop = 0; hop <= MAX_HOPS; hop++) {
      policy.check(next);
      Answer answer = get(next, known, deadline);
      if (answer.redirect() == null) {
        return answer.sheet();
      }
      next = redirect(next, answer.redirect());
    }
    throw unreachable(next, "redirects more than " + MAX_HOPS + " times");
  }

  @Override
  public void close() {
    watchdog.shutdownNow();
    client.close(CloseMode.IMMEDIATE);
  }

  /**
   * An answer.
   *
   * @param sheet empty: unchanged, or a redirect
   * @param redirect its target; null: none
   */
  private record Answer(Optional<Sheet> sheet, @Nullable String redirect) {}

  private Answer get(URI url, Optional<SheetVersion> known, long deadline) {
    HttpGet request = request(url, known);
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
        return answer(url, isConditional(request), response);
      } finally {
        // closing alone would read the rest of the body
        request.cancel();
        Closer.closeQuietly(response);
      }
    } catch (IOException e) {
      String why =
          late.get()
              ? "the answer was not complete within " + HttpFailure.text(limits.wholeTime())
              : HttpFailure.reason(e, limits);
      throw unreachable(url, why, e);
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

  private static HttpGet request(URI url, Optional<SheetVersion> known) {
    HttpGet request = new HttpGet(url);
    request.setHeader(HttpHeaders.ACCEPT_ENCODING, "gzip");
    known
        .flatMap(last -> Validators.header(url, last.etag()))
        .ifPresent(etag -> request.setHeader(HttpHeaders.IF_NONE_MATCH, etag));
    known
        .flatMap(last -> Validators.header(url, last.lastModified()))
        .ifPresent(time -> request.setHeader(HttpHeaders.IF_MODIFIED_SINCE, time));
    return request;
  }

  private static boolean isConditional(HttpGet request) {
    return request.containsHeader(HttpHeaders.IF_NONE_MATCH)
        || request.containsHeader(HttpHeaders.IF_MODIFIED_SINCE);
  }

  private Answer answer(URI url, boolean conditional, ClassicHttpResponse response)
      throws IOException {
    return switch (response.getCode()) {
      case HttpStatus.SC_OK -> new Answer(Optional.of(sheet(url, response)), null);
      case HttpStatus.SC_MOVED_PERMANENTLY,
          HttpStatus.SC_MOVED_TEMPORARILY,
          HttpStatus.SC_SEE_OTHER,
          HttpStatus.SC_TEMPORARY_REDIRECT,
          HttpStatus.SC_PERMANENT_REDIRECT ->
          new Answer(Optional.empty(), header(response, HttpHeaders.LOCATION));
      case HttpStatus.SC_NOT_MODIFIED -> {
        if (!conditional) {
          throw unreachable(url, "it sent HTTP status 304 to a request without a condition");
        }
        yield new Answer(Optional.empty(), null);
      }
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

  private Sheet sheet(URI url, ClassicHttpResponse response) throws IOException {
    HttpEntity entity = response.getEntity();
    String type = entity == null || entity.getContentType() == null ? "" : entity.getContentType();
    SpoolFile spool = spool(url, response, entity);
    SheetVersion version =
        new SheetVersion(
            spool.sha256(),
            Validators.etag(url, header(response, HttpHeaders.ETAG)),
            Validators.lastModified(
                url,
                header(response, HttpHeaders.LAST_MODIFIED),
                header(response, HttpHeaders.DATE)));
    return new SheetContent(spool, type, url.getPath()).open(version, limits);
  }

  private SpoolFile spool(URI url, ClassicHttpResponse response, @Nullable HttpEntity entity)
      throws IOException {
    int most = limits.maxBytes();
    if (entity == null) {
      return SpoolFile.receive(InputStream.nullInputStream(), most, "the sheet");
    }
    String coding = header(response, HttpHeaders.CONTENT_ENCODING).toLowerCase(Locale.ROOT);
    return switch (coding) {
      case "", "identity" -> SpoolFile.receive(entity.getContent(), most, "the sheet");
      case "gzip", "x-gzip" -> inflated(url, entity, most);
      default -> throw unreachable(url, "it sent a content coding other than gzip: " + coding);
    };
  }

  /** What is sent has at most as many bytes as what it inflates to may have. */
  private static SpoolFile inflated(URI url, HttpEntity entity, int most) throws IOException {
    try (SpoolFile sent =
            SpoolFile.receive(entity.getContent(), most, "the gzip answer of " + url.getHost());
        InputStream in = new GZIPInputStream(sent.open(), 8_192)) {
      return SpoolFile.receive(in, most, "the inflated sheet");
    } catch (ZipException | EOFException e) {
      throw unreachable(url, "its gzip answer is broken", e);
    }
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

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "sheet-watchdog");
    thread.setDaemon(true);
    return thread;
  }
}
