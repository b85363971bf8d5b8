package dev.millrace.sheet;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The CSV address of a Google sheet, computed from the address of its editor: authors often give
 * the latter, which is an HTML page.
 */
final class GoogleSheetUrl {
  private static final String HOST = "docs.google.com";
  // /spreadsheets/d/ID/edit and /spreadsheets/u/0/d/ID/edit; not /d/e/ID/pub, see below
  private static final Pattern DOCUMENT =
      Pattern.compile("/spreadsheets/(?:u/\\d+/)?d/(?!e/)([\\w-]+)(/.*)?");
  private static final Pattern PUBLISHED = Pattern.compile("/spreadsheets/d/e/([\\w-]+)/pubhtml");
  private static final Pattern GID = Pattern.compile("(?:^|[&?#])gid=(\\d+)");
  private static final Pattern RESOURCE_KEY = Pattern.compile("(?:^|[&?#])resourcekey=([\\w-]+)");

  private GoogleSheetUrl() {}

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
