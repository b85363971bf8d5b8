package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillReport;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.drills.testbed.Waits;
import java.time.Duration;
import java.util.Map;

/** Jobs of every shape, a process that reads the status meanwhile, and the rules they go by. */
final class MixedWork {
  private static final Duration SHOWN_WITHIN = Duration.ofSeconds(15);
  private static final int BURST = 50;
  private static final int BURST_EVERY = 25;
  private final TestBed testBed;

  MixedWork(TestBed testBed) {
    this.testBed = testBed;
    testBed.mixed().prepare();
    testBed.processes().start("status", "drill status", Map.of()).awaitReady();
  }

  /** Enqueues {@code count} jobs or families, with a pause after each, and a burst now and then. */
  void enqueue(int count, Duration pause) {
    for (int i = 0; i < count; i++) {
      if (i % BURST_EVERY == BURST_EVERY / 2) {
        testBed.mixed().enqueueBurst(BURST);
      }
      testBed.mixed().enqueue();
      Waits.pause(pause);
    }
  }

  /** Waits until every job has ended and what is shown of them has caught up. */
  void drain() {
    testBed.waits().drain(testBed.lease().multipliedBy(2).plusSeconds(15), "drill.mixed", "batch");
    testBed
        .waits()
        .happens(SHOWN_WITHIN, () -> testBed.verdict().rows("mixed/background_workers") == 0);
  }

  void check(DrillReport report) {
    testBed.verdict().violationsOf("wrong orders in a family", "mixed/family_order");
    testBed.verdict().violationsOf("callbacks at the wrong time", "mixed/callback_order");
    testBed.verdict().violationsOf("limits exceeded", "mixed/limits");
    testBed.verdict().violationsOf("debounced calls lost", "mixed/debounced");
    testBed.verdict().violationsOf("ends that were not planned", "mixed/ends");
    testBed.verdict().violationsOf("attempts that do not add up", "mixed/attempts");
    testBed.verdict().violationsOf("mixed jobs completed without an effect", "mixed/effects");
    testBed.verdict().violationsOf("background workers shown wrongly", "mixed/background_workers");
    testBed.verdict().violationsOf("status reads that failed", "mixed/status_failed");
    testBed.verdict().violationsOf("status that was wrong", "mixed/status_wrong");
    testBed.verdict().violationsOf("running jobs the status did not show", "mixed/status_missing");
    report.fact("calls in doubt", testBed.mixed().inDoubt());
    report.goal("status reads", testBed.number("SELECT count(*) FROM drill.status_reads"), 20);
    report.goal(
        "families",
        testBed.number("SELECT count(DISTINCT parent_id) FROM millrace.jobs"),
        testBed.number("SELECT count(*) / 20 FROM millrace.jobs"));
  }
}
