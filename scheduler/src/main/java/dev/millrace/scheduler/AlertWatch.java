package dev.millrace.scheduler;

import dev.millrace.alert.Alerts;
import dev.millrace.alert.Alerts.Condition;
import dev.millrace.queue.Lane;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The leader's duty that fires and resolves alerts. Harmless when two leaders do it at once. For
 * one thread.
 */
final class AlertWatch {
  /** How often it is to look. */
  static final Duration PERIOD = Duration.ofSeconds(10);

  private final Alerts alerts;
  private final Alerts.Settings settings;
  private final Supplier<Set<Lane>> unserved;
  private final Since<Lane> unservedSince = new Since<>();
  private final Since<Condition.Key> goneSince = new Since<>();

  /**
   * A watch.
   *
   * @param unserved the lanes in which jobs wait that no queue worker runs
   */
  AlertWatch(Alerts alerts, Alerts.Settings settings, Supplier<Set<Lane>> unserved) {
    this.alerts = alerts;
    this.settings = settings;
    this.unserved = unserved;
  }

  /** One look. That this node leads means that a scheduler is there. */
  void look() {
    Set<Condition> wrong =
        Stream.concat(alerts.conditions(settings.inRow()).stream(), unservedLanes())
            .collect(Collectors.toSet());
    alerts.fire(wrong);
    Set<Condition.Key> now = wrong.stream().map(Condition::key).collect(Collectors.toSet());
    List<Condition.Key> gone = alerts.firing().stream().filter(key -> !now.contains(key)).toList();
    alerts.resolve(goneSince.longerThan(gone, settings.resolveAfter()));
  }

  private Stream<Condition> unservedLanes() {
    List<Lane> lanes =
        unserved.get().stream().filter(lane -> !lane.kind().equals(Alerts.KIND)).toList();
    return unservedSince.longerThan(lanes, settings.fireAfter()).stream()
        .map(
            lane ->
                Condition.of(
                    Alerts.Kind.QUEUE_UNSERVED,
                    lane.queue() + " " + lane.kind(),
                    "%s jobs wait in queue %s, and no queue worker there runs them: start one, or see QUEUE_NAME and DISABLE_MV_WORKER"
                        .formatted(lane.kind(), lane.queue())));
  }

  /** Since when each of some things has been so, at every look. */
  private static final class Since<T> {
    private Map<T, Long> since = Map.of();

    /** Those of the things that have been so for a time. */
    Set<T> longerThan(Collection<T> things, Duration time) {
      long now = System.nanoTime();
      Map<T, Long> next = new HashMap<>();
      Set<T> held = new HashSet<>();
      for (T thing : things) {
        long begun = since.getOrDefault(thing, now);
        next.put(thing, begun);
        if (now - begun >= time.toNanos()) {
          held.add(thing);
        }
      }
      since = next;
      return held;
    }
  }
}
