package dev.millrace.bench.measure;

import dev.millrace.bench.process.BenchProcess;
import dev.millrace.bench.report.Figures;
import java.util.List;

/**
 * Enqueues a second, each acknowledged after its commit: in bulk, a thousand a call, by one client
 * and by two; one a call by one client and by eight.
 */
public final class Enqueue implements Measure {
  private static final int BULK = 1_000;

  /** A way to enqueue; the part of a drain's jobs it gets. */
  private record Way(String what, int call, int clients, int part) {}

  private static final List<Way> WAYS =
      List.of(
          new Way("enqueue_bulk_per_s", BULK, 1, 1),
          new Way("enqueue_bulk_2_clients_per_s", BULK, 2, 1),
          new Way("enqueue_1_client_per_s", 1, 1, 10),
          new Way("enqueue_8_clients_per_s", 1, 8, 1));

  @Override
  public String name() {
    return "enqueue";
  }

  @Override
  public boolean ofPeers() {
    return true;
  }

  @Override
  public void run(Contender contender, BenchServices services, Scale scale, Figures figures) {
    for (Way way : WAYS) {
      int jobs = contender.jobs(scale) / way.part() / way.clients() * way.clients();
      TestServers servers = contender.prepared(services);
      try (BenchProcess program =
          contender.start(
              servers,
              "enqueue",
              Integer.toString(jobs),
              Integer.toString(way.call()),
              Integer.toString(way.clients()))) {
        double seconds = Double.parseDouble(program.awaitValue("seconds"));
        figures.add(contender.name(), way.what(), jobs / seconds);
      }
    }
  }
}
