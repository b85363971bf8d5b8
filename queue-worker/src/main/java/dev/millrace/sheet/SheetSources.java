package dev.millrace.sheet;

import java.net.URI;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All the sources there are, behind the policy. The first that accepts a URL reads it. */
public final class SheetSources implements SheetSource {
  private static final Logger log = LoggerFactory.getLogger(SheetSources.class);

  private final SourcePolicy policy;
  private final List<SheetSource> sources;

  /** Takes the sources over: {@link #close} closes them. */
  public SheetSources(SourcePolicy policy, List<SheetSource> sources) {
    this.policy = policy;
    this.sources = List.copyOf(sources);
  }

  /** Files and HTTP: everything that needs no account. */
  public static SheetSources of(SourcePolicy policy, SheetLimits limits) {
    return new SheetSources(
        policy, List.of(new FileSheetSource(policy, limits), new HttpSheetSource(policy, limits)));
  }

  @Override
  public boolean accepts(URI url) {
    return sources.stream().anyMatch(source -> source.accepts(url));
  }

  @Override
  public SheetTable read(URI url) {
    policy.check(url);
    SheetTable table =
        sources.stream()
            .filter(source -> source.accepts(url))
            .findFirst()
            .orElseThrow(
                () ->
                    new SheetException(
                        SheetErrorType.FORBIDDEN_SOURCE,
                        "no source reads " + url.getScheme() + ": URLs"))
            .read(url);
    log.debug("read {} rows from {}", table.rows().size(), place(url));
    return table;
  }

  @Override
  public void close() {
    sources.forEach(SheetSource::close);
  }

  /** What may be said of a URL in logs and messages. */
  static String place(URI url) {
    return url.getHost() == null ? "a local file" : url.getHost();
  }
}
