package dev.millrace.drills.scenario;

import dev.millrace.drills.Report;
import dev.millrace.drills.stage.Stage;
import java.time.Duration;
import java.util.Map;

/** Jobs of every shape, a process that reads the status meanwhile, and the rules they go by. */
final class MixedWork {
  private static final Duration SHOWN_WITHIN = Duration.ofSeconds(15);
  private static final int BURST = 50;
  private static final int BURST_EVERY = 25;
  private final Stage stage;

  MixedWork(Stage stage) {
    this.stage = stage;
    stage.mixed().prepare();
    stage.fleet().start("status", "drill status", Map.of()).awaitReady();
  }

  /** Enqueues so many jobs or families, with a pause after each, and a burst now and then. */
  void enqueue(int count, Duration pause) {
    for (int i = 0; i < count; i++) {
      if (i % BURST_EVERY == BURST_EVERY / 2) {
        stage.mixed().enqueueBurst(BURST);
      }
      stage.mixed().enqueue();
      Moments.pass((int) pause.toMillis());
    }
  }

  /** Waits until every job has ended and what is shown of them has caught up. */
  void drain() {
    stage.drain(stage.lease().multipliedBy(2).plusSeconds(15), "drill.mixed", "batch");
    boolean unused = stage.happens(SHOWN_WITHIN, () -> stage.rows("mixed/background_workers") == 0);
  }

  void check(Report report) {
    stage.violationsOf("wrong orders in a family", "mixed/family_order");
    stage.violationsOf("callbacks at the wrong time", "mixed/callback_order");
    stage.violationsOf("limits exceeded", "mixed/limits");
    stage.violationsOf("debounced calls lost", "mixed/debounced");
    stage.violationsOf("ends that were not planned", "mixed/ends");
    stage.violationsOf("attempts that do not add up", "mixed/attempts");
    stage.violationsOf("mixed jobs completed without an effect", "mixed/effects");
    stage.violationsOf("background workers shown wrongly", "mixed/background_workers");
    stage.violationsOf("status reads that failed", "mixed/status_failed");
    stage.violationsOf("status that was wrong", "mixed/status_wrong");
    stage.violationsOf("running jobs the status did not show", "mixed/status_missing");
    report.fact("calls in doubt", stage.mixed().inDoubt());
    report.goal("status reads", stage.number("SELECT count(*) FROM drill.status_reads"), 20);
    report.goal(
        "families",
        stage.number("SELECT count(DISTINCT parent_id) FROM millrace.jobs"),
        stage.number("SELECT count(*) / 20 FROM millrace.jobs"));
  }
}
