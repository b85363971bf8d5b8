package dev.millrace.sheet;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All sources, behind the policy. The first one that accepts a URL reads it. */
public final class SheetSources implements SheetSource {
  private final SourcePolicy policy;
  private final List<SheetSource> services;
  private final List<SheetSource> own;

  /** Owns its own sources: {@link #close} closes them. */
  private SheetSources(SourcePolicy policy, List<SheetSource> services, List<SheetSource> own) {
    this.policy = policy;
    this.services = List.copyOf(services);
    this.own = List.copyOf(own);
  }

  /** Files and HTTP, which need no account. */
  public static SheetSources of(SourcePolicy policy, SheetLimits limits) {
    return of(policy, limits, List.of());
  }

  /**
   * The same, after services with an account.
   *
   * @param services asked first; they live as long as the process, and are not closed by this
   */
  public static SheetSources of(
      SourcePolicy policy, SheetLimits limits, List<SheetSource> services) {
    return of(policy, limits, Network.SYSTEM, services);
  }

  /** The same with another network. */
  public static SheetSources of(SourcePolicy policy, SheetLimits limits, Network network) {
    return of(policy, limits, network, List.of());
  }

  private static SheetSources of(
      SourcePolicy policy, SheetLimits limits, Network network, List<SheetSource> services) {
    return new SheetSources(
        policy,
        services,
        List.of(new FileSheetSource(policy, limits), new HttpSheetSource(policy, limits, network)));
  }

  @Override
  public boolean accepts(URI url) {
    return source(url).isPresent();
  }

  private Optional<SheetSource> source(URI url) {
    return Stream.concat(services.stream(), own.stream())
        .filter(source -> source.accepts(url))
        .findFirst();
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
        source(url)
            .orElseThrow(
                () ->
                    new SheetException(
                        SheetErrorType.FORBIDDEN_SOURCE,
                        "no source reads " + url.getScheme() + ": URLs"));
    return source.fetch(url, known);
  }

  @Override
  public void close() {
    own.forEach(SheetSource::close);
  }

  /** The part of a URL that logs and messages may show. */
  static String place(URI url) {
    return url.getHost() == null ? "a local file" : url.getHost();
  }
}
