package dev.millrace.sheet;

import java.net.URI;
import java.util.Optional;

/**
 * A source of sheets: the disk, HTTP, the API of a service. Thread-safe. Sources are used through
 * {@link SheetSources}, which checks the policy first.
 */
public interface SheetSource extends AutoCloseable {
  /** Whether this source reads URLs of this kind; checks the text of the URL only. */
  boolean accepts(URI url);

  /**
   * Fetches a sheet; close it.
   *
   * @param known the state in which it was fetched last, for a request on the condition that it has
   *     changed
   * @return empty: the source says that it is still in that state
   * @throws SheetException if it cannot be fetched
   */
  Optional<Sheet> fetch(URI url, Optional<SheetVersion> known);

  @Override
  default void close() {}
}
