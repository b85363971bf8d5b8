package dev.millrace.app.process;

import java.util.Locale;

/** What a process does. The order is that of the start; they stop in the opposite one. */
public enum Role {
  /** Fires schedules; its leader dispatches and rescues. */
  SCHEDULER,
  /** Claims and runs jobs. */
  WORKER,
  /** Answers HTTP. */
  API;

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
