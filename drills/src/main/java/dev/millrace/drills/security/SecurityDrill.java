package dev.millrace.drills.security;

import dev.millrace.drills.Scenario;
import dev.millrace.drills.stage.Stage;
import java.nio.file.Path;
import java.util.Map;

/**
 * D13: a database role with an application's rights, hostile names, addresses, sheets, serialized
 * objects and a job that ends its process. Each must be refused or be harmless, while other jobs go
 * on.
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
    return "hostile roles, names, addresses, sheets and objects: refused or harmless, work goes on";
  }

  @Override
  public void run(Run run) {
    Attempts attempts = new Attempts(run.report());
    Path sheets = Stage.newDirectory("sheets");
    Stage.Settings settings =
        Stage.Settings.of(run)
            .tell(Map.of("master", sheets.resolve("master.csv").toUri().toString()));
    try (Stage stage = Stage.open(run, settings, 1);
        OtherRole other = new OtherRole(stage)) {
      stage.feeder().enqueue(run.size(20, 200));
      other.attack(attempts);
      new HostileNames(stage).attack(attempts);
      new SerializedObjects(stage).attack(attempts);
      new HostileAddresses(stage).attack(attempts);
      new HostileSheets(stage, sheets).attack(attempts, run.size(1, 10));
      other.judge(attempts);
      stage.drain();
      // a job that ends its process, amid jobs of others: at last, since it takes workers along
      stage.feeder().enqueuePoisonAmid(run.size(40, 400));
      stage.drain();
      stage.check();
      stage.violationsOf("jobs lost beside a suspect", "beside_suspects");
    }
    run.report().goal("attempts", attempts.count(), 250);
  }
}
