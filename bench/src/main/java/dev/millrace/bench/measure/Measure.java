package dev.millrace.bench.measure;

import dev.millrace.bench.report.Figures;

/** One thing that is measured. */
public interface Measure {
  /** As {@code --only} names it. */
  String name();

  /** Whether the peers' programs can be measured so too. */
  boolean ofPeers();

  /** Measures it once. */
  void run(Contender contender, BenchServices services, Scale scale, Figures figures);
}
