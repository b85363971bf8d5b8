package dev.millrace.bench.measure;

import dev.millrace.bench.process.BenchProcess;
import dev.millrace.bench.process.Usage;
import dev.millrace.bench.report.Figures;
import java.time.Duration;

/** What a worker with nothing to do costs: per cent of one core. */
public final class Idle implements Measure {
  private static final Duration SETTLE = Duration.ofSeconds(5);
  private static final Duration INTERVAL = Duration.ofSeconds(20);
  private static final double PER_CENT = 100;

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public boolean ofPeers() {
    return true;
  }

  @Override
  public void run(Contender contender, BenchServices services, Scale scale, Figures figures) {
    TestServers ground = contender.prepared(services);
    try (BenchProcess worker = contender.start(ground, "listen")) {
      worker.awaitLine("ready");
      Pause.of(SETTLE);
      double worked = Usage.cpuSeconds(worker.pid());
      double served = Usage.cpuSeconds(ground.servers());
      Pause.of(INTERVAL);
      figures.add(
          contender.name(),
          "idle_worker_cpu_percent",
          (Usage.cpuSeconds(worker.pid()) - worked) * PER_CENT / INTERVAL.toSeconds());
      figures.add(
          contender.name(),
          "idle_server_cpu_percent",
          (Usage.cpuSeconds(ground.servers()) - served) * PER_CENT / INTERVAL.toSeconds());
    }
  }
}
