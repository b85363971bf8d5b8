package dev.millrace.bench.measure;

import dev.millrace.bench.process.BenchProcess;
import dev.millrace.bench.process.Usage;
import dev.millrace.bench.report.Figures;
import java.util.ArrayList;
import java.util.List;

/**
 * A queue filled beforehand, run empty: from the start of the worker's process to the last job
 * recorded as done, and what that cost.
 */
public final class Drain implements Measure {
  private static final double PER = 10_000;
  private static final double PER_CENT = 100;
  private static final double MEGABYTE = 1024 * 1024;

  private final int workers;

  public Drain(int workers) {
    this.workers = workers;
  }

  @Override
  public String name() {
    return workers == 1 ? "drain" : "drain-" + workers;
  }

  @Override
  public boolean ofPeers() {
    return workers == 1;
  }

  @Override
  public void run(Contender contender, BenchServices services, Scale scale, Figures figures) {
    int jobs = contender.jobs(scale);
    TestServers ground = contender.prepared(services);
    RedisMemory redis = new RedisMemory(ground);
    contender.fill(ground, jobs);
    double busyBefore = Usage.busySeconds();
    double serversBefore = Usage.cpuSeconds(ground.servers());
    // A look at the store passes over all the rows that were deleted, so a worker that is alone
    // looks
    // only when it has made all the calls.
    String callsBeforeALook = Integer.toString(workers == 1 ? jobs : 0);
    List<BenchProcess> children = new ArrayList<>();
    try {
      for (int i = 0; i < workers; i++) {
        children.add(contender.start(ground, "drain", callsBeforeALook));
      }
      double seconds = children.get(0).awaitLine("done");
      double servers = Usage.cpuSeconds(ground.servers()) - serversBefore;
      double programs = children.stream().mapToDouble(child -> Usage.cpuSeconds(child.pid())).sum();
      double others = Usage.busySeconds() - busyBefore - programs - servers;
      double peak = Usage.peakMegabytes(children.get(0).pid());
      figures.add(contender.name(), key("per_s"), jobs / seconds);
      figures.add(contender.name(), key("worker_cpu_s_per_10k"), programs * PER / jobs);
      figures.add(contender.name(), key("server_cpu_s_per_10k"), servers * PER / jobs);
      figures.add(contender.name(), key("peak_rss_mb"), peak);
      figures.add(
          contender.name(), key("other_cpu_percent"), others * PER_CENT / seconds / Usage.CORES);
      if (contender.traits().ours()) {
        long calls = 0;
        for (BenchProcess child : children) {
          child.end();
          double heap = Double.parseDouble(child.awaitValue("heap")) / MEGABYTE;
          if (child == children.get(0)) {
            figures.add(contender.name(), key("peak_heap_mb"), heap);
          }
          calls += Long.parseLong(child.awaitValue("calls"));
        }
        MillraceRows rows = new MillraceRows(ground);
        rows.check(jobs, calls);
        figures.add(contender.name(), key("steady_per_s"), jobs / rows.secondsOfWork());
      }
    } finally {
      children.forEach(BenchProcess::close);
    }
    if (contender.traits().ours()) {
      figures.add(contender.name(), key("redis_grown_kb"), redis.grownKilobytes());
    }
  }

  private String key(String what) {
    return name().replace('-', '_') + "_" + what;
  }
}
