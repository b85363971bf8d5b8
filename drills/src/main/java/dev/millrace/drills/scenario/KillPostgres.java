package dev.millrace.drills.scenario;

import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.JobProducer;
import dev.millrace.drills.testbed.TestBed;
import dev.millrace.drills.testbed.Waits;
import java.time.Duration;
import java.util.Random;

/** D6: Postgres is killed while clients enqueue and workers record. */
public final class KillPostgres implements Scenario {
  private static final Duration GOES_ON = Duration.ofSeconds(60);

  @Override
  public String name() {
    return "kill-postgres";
  }

  @Override
  public String number() {
    return "D6";
  }

  @Override
  public String summary() {
    return "kill -9 of Postgres under load; every acknowledged enqueue is there and ends";
  }

  @Override
  public void run(Run run) {
    int kills = run.size(2, 20);
    Random random = new Random(run.seed());
    DrillReport report = run.report();
    try (TestBed testBed =
        TestBed.open(run, TestBed.Settings.of(run).withOwnPostgres(), run.size(2, 4))) {
      JobProducer.Feed fed = testBed.producer().enqueueSteadily(run.size(1, 20_000), 80);
      for (int i = 0; i < kills; i++) {
        long acknowledged = testBed.producer().acknowledged();
        long completed = testBed.jobs().completed();
        testBed
            .waits()
            .await(
                "enqueues and completions go on",
                GOES_ON,
                () ->
                    testBed.producer().acknowledged() > acknowledged + 20
                        && testBed.jobs().completed() > completed + 10);
        Waits.pause(Duration.ofMillis(random.nextInt(run.size(200, 4_000))));
        testBed.killPostgres();
      }
      fed.finish();
      testBed.waits().drain();
      testBed.verdict().check();
      report.fact("kills of Postgres", kills);
    }
  }
}
