package dev.millrace.mv;

/** How fresh a view is. */
public enum Freshness {
  /** Nothing is known to be missing. */
  FRESH,
  /** A change is missing, or its age asks for a refresh; there is still time. */
  DUE,
  /** A change has been missing for longer than it may. */
  LATE,
  /** The last refresh could not get its lock; the blockers are known. */
  BLOCKED,
  /** The last refresh failed, or the view is gone. */
  FAILED,
  /** Never refreshed here. */
  NEVER
}
