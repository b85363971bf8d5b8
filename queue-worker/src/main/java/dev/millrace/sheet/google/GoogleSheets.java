package dev.millrace.sheet.google;

import dev.millrace.http.SharedLimiter;
import dev.millrace.sheet.GoogleSheetUrl;
import dev.millrace.sheet.Network;
import dev.millrace.sheet.Sheet;
import dev.millrace.sheet.SheetBusyException;
import dev.millrace.sheet.SheetErrorType;
import dev.millrace.sheet.SheetException;
import dev.millrace.sheet.SheetLimits;
import dev.millrace.sheet.SheetSource;
import dev.millrace.sheet.SheetVersion;
import dev.millrace.sheet.SpoolFile;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Google sheets by the address of their editor, read by a service account. For the life of a
 * process; published sheets and CSV links need no account and are read over HTTP.
 */
public final class GoogleSheets implements SheetSource {
  /** What one sheet costs; both are reserved before the first. */
  static final int READS = 2;

  private final GoogleApi api;
  private final SheetLimits limits;
  private final SharedLimiter limiter;

  /** Makes the source; sends nothing. */
  public GoogleSheets(GoogleSettings settings, SheetLimits limits, SharedLimiter limiter) {
    this(settings, limits, limiter, Network.SYSTEM);
  }

  GoogleSheets(
      GoogleSettings settings, SheetLimits limits, SharedLimiter limiter, Network network) {
    this.api = new GoogleApi(settings, limits, network);
    this.limits = limits;
    this.limiter = limiter;
  }

  /**
   * Google's quotas of reads a minute, for a limiter that all workers share: 300 of a project and
   * 60 of a user, which the service account is.
   */
  public static List<SharedLimiter.Limit> quotas(ServiceAccountKey key) {
    return List.of(
        new SharedLimiter.Limit("user:" + key.email(), 60),
        new SharedLimiter.Limit("project:" + key.project(), 300));
  }

  @Override
  public boolean accepts(URI url) {
    return GoogleSheetUrl.document(url).isPresent();
  }

  @Override
  public Optional<Sheet> fetch(URI url, Optional<SheetVersion> known) {
    GoogleSheetUrl.Document document = GoogleSheetUrl.document(url).orElseThrow();
    Duration wait = limiter.take(READS);
    if (!wait.isZero()) {
      throw new SheetBusyException(
          "Google's quota of reads a minute is used up by all workers together", wait);
    }
    SpoolFile formats = api.document(document.id());
    try {
      GoogleTab tab = tab(GoogleTab.all(formats), document.gid());
      SpoolFile values = api.values(document.id(), tab.range());
      return Optional.of(GoogleRows.open(tab, values, formats, limits));
    } catch (RuntimeException | Error e) {
      formats.close();
      throw e;
    }
  }

  /** The tab that the URL names, else the first one that is not hidden. */
  private static GoogleTab tab(List<GoogleTab> tabs, Optional<Integer> gid) {
    return tabs.stream()
        .filter(tab -> tab.grid() && gid.map(id -> id == tab.id()).orElse(!tab.hidden()))
        .findFirst()
        .orElseThrow(
            () ->
                new SheetException(
                    SheetErrorType.NOT_FOUND,
                    gid.map(id -> "the Google sheet has no tab with gid=" + id)
                        .orElse("the Google sheet has no tab that is not hidden")));
  }

  @Override
  public void close() {
    api.close();
  }
}
