package dev.millrace.status;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler nodes.
 *
 * @param leader the node that does the leader's duties; null: none
 * @param lateSince the oldest slot of an enabled background worker that should have been fired and
 *     was not; null: all is on time
 */
public record SchedulerStatus(
    List<Node> nodes, @Nullable String leader, @Nullable Instant lateSince) {

  public SchedulerStatus {
    nodes = List.copyOf(nodes);
  }

  /**
   * A node of the cluster.
   *
   * @param lastCheckinAt by the node's own clock
   * @param missing whether it has missed its check-in
   */
  public record Node(String node, Instant lastCheckinAt, boolean missing) {}
}
