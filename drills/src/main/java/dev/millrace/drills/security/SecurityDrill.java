package dev.millrace.drills.security;

import dev.millrace.drills.Scenario;
import dev.millrace.drills.testbed.TestBed;
import java.nio.file.Path;
import java.util.Map;

/**
 * D13: a database role with an application's rights, hostile requests, names, addresses, sheets,
 * serialized objects and a job that ends its process. Each must be refused or be harmless, while
 * other jobs go on.
 */
public final class SecurityDrill implements Scenario {
  @Override
  public String name() {
    return "security";
  }

  @Override
  public String number() {
    return "D13";
  }

  @Override
  public String summary() {
    return "hostile roles, requests, names, addresses, sheets and objects: refused or harmless";
  }

  @Override
  public void run(Run run) {
    Attempts attempts = new Attempts(run.report());
    Path sheets = TestBed.newDirectory("sheets");
    TestBed.Settings settings =
        TestBed.Settings.of(run)
            .tell(Map.of("master", sheets.resolve("master.csv").toUri().toString()));
    try (TestBed testBed = TestBed.open(run, settings, 1);
        OtherRole other = new OtherRole(testBed)) {
      testBed.producer().enqueue(run.size(20, 200));
      other.attack(attempts);
      new HostileNames(testBed).attack(attempts);
      new SerializedObjects(testBed).attack(attempts);
      new HostileRequests(testBed).attack(attempts);
      new HostileAddresses(testBed).attack(attempts);
      new HostileSheets(testBed, sheets).attack(attempts, run.size(1, 10));
      other.judge(attempts);
      testBed.waits().drain();
      // a job that ends its process, amid jobs of others: at last, since it takes workers along
      testBed.producer().enqueuePoisonAmid(run.size(40, 400));
      testBed.waits().drain();
      testBed.verdict().check();
      testBed.verdict().violationsOf("jobs lost beside a suspect", "beside_suspects");
    }
    run.report().goal("attempts", attempts.count(), 300);
  }
}
