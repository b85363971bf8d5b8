package dev.millrace.sheet;

import java.net.URI;

/**
 * A source of tables: the disk, HTTP, the API of a service. Thread-safe. Sources are used through
 * {@link SheetSources}, which checks the policy first.
 */
public interface SheetSource extends AutoCloseable {
  /** Whether this source reads URLs of this kind; checks the text of the URL only. */
  boolean accepts(URI url);

  /**
   * Reads the whole table.
   *
   * @throws SheetException if it cannot be read
   */
  SheetTable read(URI url);

  @Override
  default void close() {}
}
