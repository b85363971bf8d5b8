package dev.millrace.drills.child;

import java.util.Locale;

/** What a child process tells the drill: a line of its output that begins with a mark. */
public enum ChildEvent {
  /** It serves. */
  READY,
  /** A client has enqueued all that it was to. */
  ENQUEUED,
  /** A fenced transaction was refused because a newer attempt has the job. */
  COMMIT_REFUSED;

  public static final String MARK = "@drill ";

  void report() {
    System.out.println(MARK + name().toLowerCase(Locale.ROOT));
  }

  /** The event of a line that begins with the mark. */
  public static ChildEvent of(String line) {
    return valueOf(line.substring(MARK.length()).strip().toUpperCase(Locale.ROOT));
  }
}
