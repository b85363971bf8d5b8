package dev.millrace.status;

import dev.millrace.status.Status.Defect;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What could not be read although Postgres answers. A defect keeps its trace id, and is logged
 * once, for as long as every look meets it again. Thread-safe.
 */
final class Defects {
  private static final Logger log = LoggerFactory.getLogger(Defects.class);

  /** Of one look, at the most: many rows that cannot be read have one cause, or a few. */
  private static final int MAX_DEFECTS = 10;

  private volatile Map<String, Defect> known = Map.of();

  /** The defects of one look. Thread-safe. */
  final class Found {
    private final Map<String, Defect> found = new LinkedHashMap<>();

    /**
     * Notes a failure.
     *
     * @param part such as {@code running_jobs}
     * @param subject what could not be read, such as {@code row 17}
     */
    synchronized void note(String part, String subject, Exception failure) {
      String key = part + ' ' + place(failure);
      if (found.containsKey(key) || found.size() >= MAX_DEFECTS) {
        return;
      }
      Defect earlier = known.get(key);
      if (earlier != null) {
        found.put(key, earlier);
        return;
      }
      String traceId = UUID.randomUUID().toString().replace("-", "");
      found.put(key, new Defect(part, traceId));
      log.error(
          "the status lacks a part trace_id={} part={} subject={}",
          traceId,
          part,
          subject,
          failure);
    }

    /** Ends the snapshot: a defect that it did not meet is gone, and would be logged again. */
    synchronized List<Defect> end() {
      known = Map.copyOf(found);
      return List.copyOf(found.values());
    }
  }

  Found read() {
    return new Found();
  }

  /** The exception's type and where it was thrown: messages hold values that change. */
  private static String place(Exception failure) {
    StackTraceElement[] stack = failure.getStackTrace();
    return failure.getClass().getName() + (stack.length == 0 ? "" : " " + stack[0]);
  }
}
