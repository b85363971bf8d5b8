package dev.millrace.status;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler nodes, and whether recurring jobs run when they should.
 *
 * @param nodes those that have checked in within five minutes, by name
 * @param leader the node that does the leader's duties; null: none
 * @param lastCheckinAt of any node, ever; null: there has been none
 * @param lateSince the oldest slot of an enabled background worker that should have been fired and
 *     was not; null: all is on time
 */
public record SchedulerStatus(
    List<Node> nodes,
    @Nullable String leader,
    @Nullable Instant lastCheckinAt,
    @Nullable Instant lateSince) {

  public SchedulerStatus {
    nodes = List.copyOf(nodes);
  }

  /** In one word. */
  public enum State {
    /** A node schedules, and nothing is late. */
    RUNNING,
    /** A node schedules, and runs are late. */
    LATE,
    /** No node schedules. */
    ABSENT;

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
