package dev.millrace.sheet;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The headers by which a server recognises a state of a sheet (RFC 9110, 8.8). Each is kept with a
 * digest of the URL that answered, and is sent to that URL only: neither another URL for the same
 * supplier nor another target of a redirect can answer that its own sheet is unchanged.
 */
final class Validators {
  private static final Pattern ETAG = Pattern.compile("(W/)?\"[!#-~]{0,1000}\"");
  private static final int DIGEST = 16;

  /** A state that is younger at its server may change again within the same second. */
  private static final Duration CERTAIN = Duration.ofSeconds(60);

  private Validators() {}

  /** The ETag of an answer, to be kept; null if there is none or it is not one. */
  static @Nullable String etag(URI url, String header) {
    return ETAG.matcher(header).matches() ? digest(url) + header : null;
  }

  /** The Last-Modified of an answer, to be kept; null if it is not certain. */
  static @Nullable String lastModified(URI url, String header, String date) {
    try {
      ZonedDateTime changed = ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME);
      ZonedDateTime sent = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME);
      return changed.plus(CERTAIN).isAfter(sent) ? null : digest(url) + header;
    } catch (DateTimeException e) {
      return null; // a header that is missing or no date
    }
  }

  /** The header for a request; empty if nothing was kept of this URL. */
  static Optional<String> header(URI url, @Nullable String kept) {
    return Optional.ofNullable(kept)
        .filter(text -> text.startsWith(digest(url)))
        .map(text -> text.substring(DIGEST));
  }

  private static String digest(URI url) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(url.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, DIGEST);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
