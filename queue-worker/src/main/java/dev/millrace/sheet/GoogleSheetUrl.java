package dev.millrace.sheet;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The CSV address of a Google sheet, computed from the address of its editor: authors often give
 * the latter, which is an HTML page.
 */
public final class GoogleSheetUrl {
  private static final String HOST = "docs.google.com";
  // /spreadsheets/d/ID/edit and /spreadsheets/u/0/d/ID/edit; not /d/e/ID/pub, see below
  private static final Pattern DOCUMENT =
      Pattern.compile("/spreadsheets/(?:u/\\d+/)?d/(?!e/)([\\w-]+)(/.*)?");
  private static final Pattern PUBLISHED = Pattern.compile("/spreadsheets/d/e/([\\w-]+)/pubhtml");
  private static final Pattern GID = Pattern.compile("(?:^|[&?#])gid=(\\d+)");
  private static final Pattern RESOURCE_KEY = Pattern.compile("(?:^|[&?#])resourcekey=([\\w-]+)");

  private GoogleSheetUrl() {}

  /**
   * A sheet as the address of its editor names it.
   *
   * @param gid of a tab
   */
  public record Document(String id, Optional<Integer> gid) {}

  /** The sheet of an editor's address; empty for a published sheet, a download or another URL. */
  public static Optional<Document> document(URI url) {
    if (!"https".equalsIgnoreCase(url.getScheme())
        || !HOST.equalsIgnoreCase(url.getHost())
        || url.getRawPath() == null) {
      return Optional.empty();
    }
    Matcher document = DOCUMENT.matcher(url.getRawPath());
    if (!document.matches() || isDownload(document.group(2))) {
      return Optional.empty();
    }
    String gid = parameter(url, "gid", GID).replaceFirst("&gid=", "");
    return Optional.of(
        new Document(
            document.group(1),
            gid.matches("\\d{1,9}|1\\d{9}|20\\d{8}")
                ? Optional.of(Integer.valueOf(gid))
                : Optional.empty()));
  }

  /** The address of the CSV, or the URL itself if it is not one of Google's HTML pages. */
  static URI asCsvExport(URI url) {
    if (url.getHost() == null
        || !url.getHost().equalsIgnoreCase(HOST)
        || url.getRawPath() == null) {
      return url;
    }
    Matcher published = PUBLISHED.matcher(url.getRawPath());
    if (published.matches()) {
      return URI.create(
          "https://%s/spreadsheets/d/e/%s/pub?output=csv%s"
              .formatted(HOST, published.group(1), parameter(url, "gid", GID)));
    }
    Matcher document = DOCUMENT.matcher(url.getRawPath());
    if (!document.matches() || isDownload(document.group(2))) {
      return url;
    }
    return URI.create(
        "https://%s/spreadsheets/d/%s/export?format=csv%s%s"
            .formatted(
                HOST,
                document.group(1),
                parameter(url, "gid", GID),
                parameter(url, "resourcekey", RESOURCE_KEY)));
  }

  /** Google's own hosts, the only foreign ones a redirect may lead to. */
  static boolean isGoogleHost(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.endsWith(".google.com") || name.endsWith(".googleusercontent.com");
  }

  /** The host to which Google redirects a client that may not see a sheet. */
  static boolean isSignIn(String host) {
    return host.equalsIgnoreCase("accounts.google.com");
  }

  private static boolean isDownload(@Nullable String tail) {
    return tail != null
        && (tail.startsWith("/export") || tail.startsWith("/gviz") || tail.equals("/pub"));
  }

  private static String parameter(URI url, String name, Pattern pattern) {
    for (String part : new String[] {url.getRawFragment(), url.getRawQuery()}) {
      Matcher matcher = pattern.matcher(part == null ? "" : part);
      if (matcher.find()) {
        return "&" + name + "=" + matcher.group(1);
      }
    }
    return "";
  }
}
