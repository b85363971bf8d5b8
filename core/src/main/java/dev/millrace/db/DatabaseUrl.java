package dev.millrace.db;

import dev.millrace.MillraceException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where Postgres is, as {@code postgresql://user:password@host:port/database?options} or its {@code
 * jdbc:} form.
 *
 * @param jdbc the URL for the driver, without user and password
 * @param user empty: the driver's default
 * @param password never shown by {@link #toString}
 */
public record DatabaseUrl(String jdbc, Optional<String> user, Optional<String> password) {

  /**
   * Reads either form.
   *
   * @throws MillraceException when it is neither; the message does not repeat a password
   */
  public static DatabaseUrl parse(String url) {
    if (url.startsWith("jdbc:postgresql:")) {
      return new DatabaseUrl(url, Optional.empty(), Optional.empty());
    }
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new MillraceException(
          "not a URL ("
              + e.getReason()
              + "); expected postgresql://user:password@host:port/database");
    }
    String scheme = uri.getScheme();
    boolean postgres = "postgresql".equals(scheme) || "postgres".equals(scheme);
    String path = uri.getPath();
    if (!postgres || uri.getHost() == null || path == null || path.length() < 2) {
      throw new MillraceException(
          "expected postgresql://user:password@host:port/database, was scheme '" + scheme + "'");
    }
    int port = uri.getPort() == -1 ? 5432 : uri.getPort();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String jdbc = "jdbc:postgresql://" + uri.getHost() + ":" + port + path + query;
    String userInfo = uri.getRawUserInfo();
    if (userInfo == null) {
      return new DatabaseUrl(jdbc, Optional.empty(), Optional.empty());
    }
    int colon = userInfo.indexOf(':');
    String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
    Optional<String> password =
        colon < 0 ? Optional.empty() : Optional.of(decoded(userInfo.substring(colon + 1)));
    return new DatabaseUrl(jdbc, Optional.of(decoded(user)), password);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return jdbc.replaceAll("(?i)(password=)[^&]*", "$1***");
  }
}
