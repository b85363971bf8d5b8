package dev.millrace.api.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What has changed from one status to the next. */
final class Differences {
  /** What is wrong, by the members of the status. */
  static final List<String> TROUBLE = List.of("degraded", "troubles");

  private static final List<Rows> LISTS =
      List.of(
          new Rows("/background_workers", "worker_key", "background_worker", Set.of()),
          new Rows("/views", "view_name", "view", Set.of()),
          new Rows("/queue_workers", "worker_id", "queue_worker", Set.of("running")),
          new Rows("/ingestion/suppliers", "id", "supplier", Set.of()));
  private static final Rows JOBS = new Rows("/running_jobs", "id", "job", Set.of("progress"));
  private static final Map<String, Whole> WHOLES = wholes();

  private final Function<Set<Long>, Map<Long, ObjectNode>> states;

  /** A list of things that have names. */
  private record Rows(String at, String key, String event, Set<String> without) {
    Map<String, JsonNode> of(JsonNode status) {
      Map<String, JsonNode> rows = new LinkedHashMap<>();
      for (JsonNode row : status.at(at)) {
        ObjectNode kept = ((ObjectNode) row).deepCopy();
        kept.remove(without);
        rows.put(row.path(key).asText(), kept);
      }
      return rows;
    }

    JsonNode gone(JsonNode row) {
      ObjectNode gone = ((ObjectNode) row).objectNode();
      return gone.<ObjectNode>set(key, row.path(key)).put("gone", true);
    }
  }

  /** Something that there is one of; some of its members have events of their own, or none. */
  private record Whole(List<String> members, Set<String> without) {
    JsonNode of(JsonNode status) {
      if (members.size() > 1) {
        return ((ObjectNode) status).deepCopy().retain(members);
      }
      JsonNode copy = status.path(members.get(0)).deepCopy();
      if (copy instanceof ObjectNode object) {
        object.remove(without);
      }
      return copy;
    }
  }

  private static Map<String, Whole> wholes() {
    Map<String, Whole> wholes = new LinkedHashMap<>();
    wholes.put("sync", new Whole(List.of("ingestion"), Set.of("suppliers", "recent_logs")));
    wholes.put("job_counts", new Whole(List.of("jobs"), Set.of()));
    wholes.put("unserved", new Whole(List.of("unserved"), Set.of()));
    wholes.put("scheduler", new Whole(List.of("scheduler"), Set.of()));
    wholes.put("trouble", new Whole(TROUBLE, Set.of()));
    return wholes;
  }

  /**
   * Differences that say what became of jobs.
   *
   * @param states the jobs with these ids, as far as they are still there
   */
  Differences(Function<Set<Long>, Map<Long, ObjectNode>> states) {
    this.states = states;
  }

  /** The events in the order of the status, jobs first. */
  List<StatusEvent> between(JsonNode before, JsonNode now) {
    List<StatusEvent> events = new ArrayList<>();
    jobs(before, now, events);
    for (Rows list : LISTS) {
      Map<String, JsonNode> rows = list.of(now);
      Map<String, JsonNode> known = list.of(before);
      changed(list, known, rows, events);
      known.keySet().removeAll(rows.keySet());
      known.values().forEach(row -> events.add(new StatusEvent(list.event(), list.gone(row))));
    }
    WHOLES.forEach(
        (name, whole) -> {
          JsonNode is = whole.of(now);
          if (!is.equals(whole.of(before))) {
            events.add(new StatusEvent(name, is));
          }
        });
    return events;
  }

  private static void changed(
      Rows list,
      Map<String, JsonNode> known,
      Map<String, JsonNode> rows,
      List<StatusEvent> events) {
    rows.forEach(
        (key, row) -> {
          if (!row.equals(known.get(key))) {
            events.add(new StatusEvent(list.event(), row));
          }
        });
  }

  /** A job that is not worked on any more has ended, or waits for its next attempt. */
  private void jobs(JsonNode before, JsonNode now, List<StatusEvent> events) {
    Map<String, JsonNode> rows = JOBS.of(now);
    Map<String, JsonNode> left = JOBS.of(before);
    changed(JOBS, left, rows, events);
    left.keySet().removeAll(rows.keySet());
    if (left.isEmpty()) {
      return;
    }
    Map<Long, ObjectNode> found =
        states.apply(left.keySet().stream().map(Long::valueOf).collect(Collectors.toSet()));
    left.forEach(
        (id, row) -> {
          JsonNode is = found.get(Long.valueOf(id));
          if (is == null) {
            events.add(new StatusEvent(JOBS.event(), JOBS.gone(row)));
          } else if (!is.path("state").equals(row.path("state"))) {
            events.add(new StatusEvent(JOBS.event(), is));
          }
        });
  }
}
