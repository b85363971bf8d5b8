package dev.millrace.status;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler nodes, and whether recurring jobs run when they should.
 *
 * @param leader the node that does the leader's duties; null: none
 * @param lateSince the oldest slot of an enabled background worker that should have been fired and
 *     was not; null: none is late
 * @param lastCheckinAt the newest check-in of any node; null: no node has ever checked in
 * @param nodes those that have checked in within five minutes, by name
 */
public record SchedulerStatus(
    @Nullable String leader,
    @Nullable Instant lateSince,
    @Nullable Instant lastCheckinAt,
    List<Node> nodes) {

  public SchedulerStatus {
    nodes = List.copyOf(nodes);
  }

  /** Whether recurring jobs run when they should. */
  public enum State {
    /** A node runs, and no slot is late. */
    RUNNING,
    /** A node runs, and slots are late. */
    LATE,
    /** No node runs. */
    ABSENT;

    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public State state() {
    if (nodes.stream().allMatch(Node::missing)) {
      return State.ABSENT;
    }
    return lateSince == null ? State.RUNNING : State.LATE;
  }

  /** What is wrong, as a sentence; empty while it {@linkplain State#RUNNING runs}. */
  public Optional<String> trouble() {
    String late = lateSince == null ? "" : "next runs late since " + lateSince;
    return switch (state()) {
      case RUNNING -> Optional.empty();
      case LATE -> Optional.of(late);
      case ABSENT ->
          Optional.of(
              (lastCheckinAt == null
                      ? "no scheduler has ever checked in"
                      : "no scheduler has checked in since " + lastCheckinAt)
                  + (late.isEmpty() ? "" : "; " + late));
    };
  }

  /**
   * A node of the cluster.
   *
   * @param lastCheckinAt by the database's clock
   * @param clockSkewMs how far its own clock is ahead of the database's; negative: behind
   * @param missing whether it has missed its check-ins for ten seconds
   */
  public record Node(
      String node,
      String host,
      long pid,
      Instant startedAt,
      Instant lastCheckinAt,
      long clockSkewMs,
      boolean missing) {}
}
