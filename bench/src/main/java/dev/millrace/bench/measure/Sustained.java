package dev.millrace.bench.measure;

import dev.millrace.bench.process.BenchProcess;
import dev.millrace.bench.report.Figures;

/**
 * Enqueue and run at once: one client enqueues in bulk while one worker runs; from the first insert
 * to the last record.
 */
public final class Sustained implements Measure {
  private static final int BULK = 1_000;

  @Override
  public String name() {
    return "sustained";
  }

  @Override
  public boolean ofPeers() {
    return false;
  }

  @Override
  public void run(Contender contender, BenchServices services, Scale scale, Figures figures) {
    TestServers servers = contender.prepared(services);
    try (BenchProcess worker = contender.start(servers, "listen")) {
      worker.awaitLine("ready");
      try (BenchProcess client =
          contender.start(
              servers,
              "enqueue",
              Integer.toString(scale.jobs()),
              Integer.toString(BULK),
              Integer.toString(1))) {
        String ignored = client.awaitValue("seconds");
      }
      MillraceRows rows = new MillraceRows(servers);
      rows.awaitEmpty();
      figures.add(contender.name(), "sustained_per_s", rows.completed() / rows.secondsOfAll());
    }
  }
}
