package dev.millrace.stats;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A log line whose facts are fields: behind its text for people, of their own for machines ({@code
 * MILLRACE_LOG=json}). For one thread.
 */
public final class Event {
  private final String what;
  private final Map<String, Object> facts = new LinkedHashMap<>();

  private Event(String what) {
    this.what = what;
  }

  public static Event of(String what) {
    return new Event(what);
  }

  /** Adds a fact; null is left out. */
  public Event with(String name, @Nullable Object value) {
    if (value != null) {
      facts.put(name, value);
    }
    return this;
  }

  public void log(Logger log, Level level) {
    LoggingEventBuilder line = log.atLevel(level);
    for (Map.Entry<String, Object> fact : facts.entrySet()) {
      line = line.addKeyValue(fact.getKey(), fact.getValue());
    }
    line.log(what);
  }
}
