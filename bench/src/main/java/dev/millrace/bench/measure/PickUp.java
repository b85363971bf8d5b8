package dev.millrace.bench.measure;

import dev.millrace.bench.process.Child;
import dev.millrace.bench.report.Figures;
import java.util.Arrays;

/**
 * The latency of an idle queue at 20 jobs a second, two processes: from before the enqueue call to
 * the start of the handler.
 */
public final class PickUp implements Measure {
  private static final int WARM_UP = 100;
  private static final int WARM_UP_PER_SECOND = 50;
  private static final int PER_SECOND = 20;
  private static final double MICROS_PER_MILLI = 1_000;

  @Override
  public String name() {
    return "pickup";
  }

  @Override
  public boolean ofPeers() {
    return true;
  }

  @Override
  public void run(Contender contender, Services services, Scale scale, Figures figures) {
    Ground ground = contender.prepared(services);
    try (Child listener = contender.start(ground, "listen")) {
      double unused = listener.awaitLine("ready");
      try (Child pinger =
          contender.start(
              ground,
              "ping",
              Integer.toString(WARM_UP),
              Integer.toString(WARM_UP_PER_SECOND),
              Integer.toString(scale.pings()),
              Integer.toString(PER_SECOND))) {
        unused = pinger.awaitLine("done");
      }
      Pause.of(contender.traits().slowestPickUp());
      listener.end();
      double[] millis =
          Arrays.stream(listener.awaitValue("pickups").split(",", -1))
              .skip(WARM_UP)
              .mapToDouble(micros -> Double.parseDouble(micros) / MICROS_PER_MILLI)
              .sorted()
              .toArray();
      if (millis.length < scale.pings()) {
        throw new IllegalStateException(
            contender.name() + " started " + millis.length + " of " + scale.pings() + " jobs");
      }
      figures.add(contender.name(), "pickup_p50_ms", at(millis, 0.50));
      figures.add(contender.name(), "pickup_p95_ms", at(millis, 0.95));
      figures.add(contender.name(), "pickup_p99_ms", at(millis, 0.99));
    }
  }

  private static double at(double[] sorted, double part) {
    return sorted[(int) Math.ceil(part * sorted.length) - 1];
  }
}
