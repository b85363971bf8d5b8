package dev.millrace.api.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.json.Json;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The changes of the last minutes, for clients that resume. For one thread. */
final class History {
  /** Far longer than it takes to connect again. */
  private static final long KEPT = Duration.ofMinutes(10).toNanos();

  private static final int MOST_EVENTS = 2_000;

  /** Of one look; beyond, reading the status is less. */
  static final int MOST_OF_A_LOOK = 500;

  private final Differences differences;
  private final Deque<Batch> batches = new ArrayDeque<>();
  private @Nullable JsonNode last;
  private long lookedAt;
  private long newest;
  private long oldest;
  private int events;

  /** The changes that one look has found. */
  private record Batch(long ended, List<StatusEvent> events, long at) {}

  History(Differences differences) {
    this.differences = differences;
  }

  /**
   * Adds what has changed since the look before.
   *
   * @param now by {@link System#nanoTime}
   * @return empty: clients have to read the status, since too much has changed, or the look before
   *     is too old or of a later moment, as when a database was restored
   */
  Optional<List<StatusEvent>> add(Look look, long now) {
    JsonNode before = last;
    boolean follows = before != null && look.ended() >= newest && now - lookedAt < KEPT;
    JsonNode status = before == null ? look.status() : whole(look.status(), before);
    List<StatusEvent> found =
        before != null && follows ? differences.between(before, status) : List.of();
    last = status;
    lookedAt = now;
    newest = look.ended();
    if (!follows || found.size() > MOST_OF_A_LOOK) {
      batches.clear();
      events = 0;
      oldest = newest;
      return Optional.empty();
    }
    if (!found.isEmpty()) {
      batches.add(new Batch(newest, found, now));
      events += found.size();
    }
    while (!batches.isEmpty() && (events > MOST_EVENTS || now - batches.element().at() >= KEPT)) {
      Batch dropped = batches.remove();
      events -= dropped.events().size();
      oldest = dropped.ended();
    }
    return Optional.of(found);
  }

  /** What a defect keeps from being read is not gone: it is as it was, and the defect is news. */
  private static JsonNode whole(JsonNode status, JsonNode before) {
    boolean defect =
        status
            .path("degraded")
            .valueStream()
            .anyMatch(word -> word.asText().startsWith("internal:"));
    if (!defect) {
      return status;
    }
    ObjectNode kept = ((ObjectNode) before).deepCopy();
    Differences.TROUBLE.forEach(member -> kept.set(member, status.path(member)));
    return kept;
  }

  /** How many transactions had ended at the newest look. */
  long newest() {
    return newest;
  }

  /** What a client is sent that has to read the status. */
  byte[] reset() {
    return StatusEvent.text(
        List.of(new StatusEvent("reset", Json.mapper().createObjectNode())), newest);
  }

  /** The changes that a client has not seen; empty: they are not known. */
  Optional<List<StatusEvent>> since(long ended) {
    if (ended < oldest || ended > newest) {
      return Optional.empty();
    }
    List<StatusEvent> unseen = new ArrayList<>();
    batches.stream()
        .filter(batch -> batch.ended() > ended)
        .forEach(batch -> unseen.addAll(batch.events()));
    return Optional.of(unseen);
  }
}
