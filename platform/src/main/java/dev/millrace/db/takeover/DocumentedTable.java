package dev.millrace.db.takeover;

import java.util.List;

/** A table that a requirement document names, so that a database may have it before us. */
public interface DocumentedTable {
  /** Its name in the schema {@code public}. */
  String name();

  /**
   * What is to be done so that this release can use it: at least one step. Reads the catalog and
   * the rows, and changes nothing. A table that is as needed gives one step {@link Action#KEEP}.
   */
  List<Step> steps(Catalog catalog);
}
