package dev.millrace.sheet;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All sources, behind the policy. The first one that accepts a URL reads it. */
public final class SheetSources implements SheetSource {
  private static final Logger log = LoggerFactory.getLogger(SheetSources.class);

  private final SourcePolicy policy;
  private final SheetMemory memory;
  private final List<SheetSource> sources;

  /** Owns the sources and the memory: {@link #close} closes them. */
  private SheetSources(SourcePolicy policy, SheetMemory memory, List<SheetSource> sources) {
    this.policy = policy;
    this.memory = memory;
    this.sources = List.copyOf(sources);
  }

  /**
   * Files and HTTP, which need no account. For one sheet, whose memory is reserved until this is
   * closed: close it when the sheet is garbage.
   */
  public static SheetSources of(SourcePolicy policy, SheetLimits limits) {
    return of(policy, limits, Network.SYSTEM);
  }

  /** The same with another network. */
  public static SheetSources of(SourcePolicy policy, SheetLimits limits, Network network) {
    SheetMemory memory = SheetMemory.open();
    return new SheetSources(
        policy,
        memory,
        List.of(
            new FileSheetSource(policy, memory, limits),
            new HttpSheetSource(policy, memory, limits, network)));
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

  /**
   * Fetches a sheet; close it.
   *
   * @param known the state in which it was read last
   * @return empty: it is still in that state
   * @throws SheetException if it cannot be fetched
   */
  public Optional<Sheet> fetch(URI url, Optional<SheetVersion> known) {
    SheetTable table = read(url);
    SheetVersion version = new SheetVersion(sha256(table), null, null);
    return known.filter(version::equals).isPresent()
        ? Optional.empty()
        : Optional.of(Sheet.of(table, version));
  }

  private static String sha256(SheetTable table) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      table.rows().forEach(row -> digest.update(row.toString().getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  @Override
  public void close() {
    sources.forEach(SheetSource::close);
    memory.close();
  }

  /** The part of a URL that logs and messages may show. */
  static String place(URI url) {
    return url.getHost() == null ? "a local file" : url.getHost();
  }
}
