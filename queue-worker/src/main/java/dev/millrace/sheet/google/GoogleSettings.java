package dev.millrace.sheet.google;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * How Google's API is reached.
 *
 * @param key of the service account
 * @param root {@code GOOGLE_SHEETS_ROOT_URL}
 * @param token where an access token is given for a signed assertion: {@code GOOGLE_TOKEN_URL}, or
 *     what the key file names
 */
public record GoogleSettings(ServiceAccountKey key, URI root, URI token) {
  /** The root of Google's API. */
  public static final URI DEFAULT_ROOT = URI.create("https://sheets.googleapis.com/");

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  public GoogleSettings {
    root = checked(root.getRawPath().endsWith("/") ? root : URI.create(root + "/"));
    token = checked(token);
  }

  /**
   * Checks an address that tokens are sent to.
   *
   * @throws IllegalArgumentException if it is not https, and not this machine either
   */
  public static URI checked(URI url) {
    boolean https = "https".equalsIgnoreCase(url.getScheme());
    boolean http = "http".equalsIgnoreCase(url.getScheme());
    if (url.getHost() == null || !(https || (http && isLoopback(url)))) {
      throw new IllegalArgumentException(
          "must be an https: URL, or an http: URL of this machine (localhost, 127.0.0.1, [::1])");
    }
    if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException("must have no user, query or fragment");
    }
    return url;
  }

  static boolean isLoopback(URI url) {
    return LOOPBACK.contains(url.getHost().toLowerCase(Locale.ROOT));
  }
}
