package dev.millrace.sheet;

import java.net.URI;

/**
 * One way to get a table: from the disk, over HTTP, from a service's own API. Safe for use by many
 * threads. Sources are reached through {@link SheetSources}, which has asked the policy first.
 */
public interface SheetSource extends AutoCloseable {
  /** Whether URLs of this kind are this source's business; looks at the URL only. */
  boolean accepts(URI url);

  /**
   * Reads the whole table.
   *
   * @throws SheetException if there is none to be had
   */
  SheetTable read(URI url);

  @Override
  default void close() {}
}
