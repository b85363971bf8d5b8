package dev.millrace.bench.measure;

import dev.millrace.bench.process.BenchProcess;
import dev.millrace.bench.report.Figures;
import java.util.Arrays;
import java.util.Locale;

/**
 * The latency of an idle queue at 20 jobs a second, two processes: from before the enqueue call to
 * the start of the handler. Measured in processes that have just started, and once more after they
 * have seen some thousand jobs, as those have that stay up.
 */
public final class PickUp implements Measure {
  private static final int WARM_UP = 100;
  private static final int WARM_UP_PER_SECOND = 50;
  private static final int LIVED_PER_SECOND = 500;
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
  public void run(Contender contender, BenchServices services, Scale scale, Figures figures) {
    TestServers servers = contender.prepared(services);
    int pings = scale.pings();
    int lived = scale.lived();
    try (BenchProcess listener = contender.start(servers, "listen")) {
      listener.awaitLine("ready");
      try (BenchProcess pinger =
          contender.start(
              servers,
              "ping",
              Integer.toString(WARM_UP),
              Integer.toString(WARM_UP_PER_SECOND),
              Integer.toString(pings),
              Integer.toString(PER_SECOND),
              Integer.toString(lived),
              Integer.toString(LIVED_PER_SECOND),
              Integer.toString(pings),
              Integer.toString(PER_SECOND))) {
        pinger.awaitLine("done");
      }
      Pause.of(contender.traits().slowestPickUp());
      listener.end();
      double[] millis =
          Arrays.stream(listener.awaitValue("pickups").split(",", -1))
              .mapToDouble(micros -> Double.parseDouble(micros) / MICROS_PER_MILLI)
              .toArray();
      int all = WARM_UP + pings + lived + pings;
      if (millis.length < all) {
        throw new IllegalStateException(
            contender.name() + " started " + millis.length + " of " + all + " jobs");
      }
      add(figures, contender, "pickup", Arrays.copyOfRange(millis, WARM_UP, WARM_UP + pings));
      add(figures, contender, "pickup_lived", Arrays.copyOfRange(millis, all - pings, all));
    }
  }

  private static void add(Figures figures, Contender contender, String what, double[] millis) {
    Arrays.sort(millis);
    for (int percent : new int[] {50, 95, 99}) {
      double value = millis[(int) Math.ceil(percent / 100.0 * millis.length) - 1];
      figures.add(contender.name(), String.format(Locale.ROOT, "%s_p%d_ms", what, percent), value);
    }
  }
}
