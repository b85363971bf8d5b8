package dev.millrace.sheet;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All sources, behind the policy. The first one that accepts a URL reads it. */
public final class SheetSources implements SheetSource {
  private static final Logger log = LoggerFactory.getLogger(SheetSources.class);

  private final SourcePolicy policy;
  private final List<SheetSource> sources;

  /** Owns the sources: {@link #close} closes them. */
  private SheetSources(SourcePolicy policy, List<SheetSource> sources) {
    this.policy = policy;
    this.sources = List.copyOf(sources);
  }

  /** Files and HTTP, which need no account. */
  public static SheetSources of(SourcePolicy policy, SheetLimits limits) {
    return of(policy, limits, Network.SYSTEM);
  }

  /** The same with another network. */
  public static SheetSources of(SourcePolicy policy, SheetLimits limits, Network network) {
    return new SheetSources(
        policy,
        List.of(new FileSheetSource(policy, limits), new HttpSheetSource(policy, limits, network)));
  }

  @Override
  public boolean accepts(URI url) {
    return sources.stream().anyMatch(source -> source.accepts(url));
  }

  /** Fetches a sheet and reads it into memory. */
  public SheetTable read(URI url) {
    try (Sheet sheet = fetch(url, Optional.empty()).orElseThrow()) {
      List<SheetRow> rows = new ArrayList<>();
      sheet.read(rows::add);
      log.debug("read {} rows from {}", rows.size(), place(url));
      return new SheetTable(rows);
    }
  }

  /**
   * Fetches a sheet; close it.
   *
   * @param known the state in which it was fetched last
   * @return empty: it is still in that state
   * @throws SheetException if it cannot be fetched
   */
  @Override
  public Optional<Sheet> fetch(URI url, Optional<SheetVersion> known) {
    policy.check(url);
    SheetSource source =
        sources.stream()
            .filter(each -> each.accepts(url))
            .findFirst()
            .orElseThrow(
                () ->
                    new SheetException(
                        SheetErrorType.FORBIDDEN_SOURCE,
                        "no source reads " + url.getScheme() + ": URLs"));
    Optional<Sheet> sheet = source.fetch(url, known);
    boolean unchanged =
        sheet.isPresent()
            && known
                .filter(last -> last.sha256().equals(sheet.get().version().sha256()))
                .isPresent();
    if (unchanged) {
      sheet.get().close();
      return Optional.empty();
    }
    return sheet;
  }

  @Override
  public void close() {
    sources.forEach(SheetSource::close);
  }

  /** The part of a URL that logs and messages may show. */
  static String place(URI url) {
    return url.getHost() == null ? "a local file" : url.getHost();
  }
}
