package dev.millrace.alert;

import java.util.Locale;

/** What an alert is about. */
public enum AlertKind {
  /** The last sync of the master sheet failed. */
  SYNC_FAILED,
  /** The last syncs of a supplier all failed. */
  SUPPLIER_FAILING,
  /** A materialized view is not as fresh as it should be, or its refreshes fail. */
  VIEW_LATE,
  /** The last runs of a background worker all failed. */
  WORKER_FAILING,
  /** No scheduler node is there. */
  SCHEDULER_ABSENT,
  /** Jobs wait where no queue worker runs them. */
  QUEUE_UNSERVED;

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
