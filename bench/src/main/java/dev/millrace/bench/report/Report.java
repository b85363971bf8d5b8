package dev.millrace.bench.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The report of a run: a page to read, the figures for programs, and a picture. */
public final class Report {
  private static final String OURS = "millrace";

  /** What the picture and the first table show, with what each is called there. */
  private static final List<Headline> HEADLINES =
      List.of(
          new Headline("drain_per_s", "drain, jobs/s", true),
          new Headline("enqueue_bulk_per_s", "bulk enqueue, jobs/s", true),
          new Headline("enqueue_bulk_2_clients_per_s", "bulk enqueue, 2 clients, jobs/s", true),
          new Headline("enqueue_1_client_per_s", "enqueue, 1 client, jobs/s", true),
          new Headline("enqueue_8_clients_per_s", "enqueue, 8 clients, jobs/s", true),
          new Headline("pickup_p50_ms", "pick-up p50, ms", false),
          new Headline("pickup_p99_ms", "pick-up p99, ms", false),
          new Headline("pickup_lived_p50_ms", "pick-up p50 after 5,000 jobs, ms", false),
          new Headline("pickup_lived_p99_ms", "pick-up p99 after 5,000 jobs, ms", false),
          new Headline("drain_worker_cpu_s_per_10k", "worker CPU s per 10k", false),
          new Headline("drain_server_cpu_s_per_10k", "server CPU s per 10k", false),
          new Headline("drain_peak_rss_mb", "worker's peak RSS, MB", false),
          new Headline("idle_worker_cpu_percent", "idle worker, % of a core", false));

  private final Machine machine;
  private final int runs;
  private final Map<String, String> settings;
  private final Figures figures;

  /**
   * A headline figure.
   *
   * @param more whether more is better
   */
  record Headline(String what, String title, boolean more) {}

  /** Of figures that are complete; {@code settings} says of each system how it was set. */
  public Report(Machine machine, int runs, Map<String, String> settings, Figures figures) {
    this.machine = machine;
    this.runs = runs;
    this.settings = Map.copyOf(settings);
    this.figures = figures;
  }

  /** Writes benchmarks.md, benchmarks.json and benchmarks.svg, and prints the first. */
  @SuppressWarnings("SystemOut") // the answer of the command
  public void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("benchmarks.md"), markdown());
    Files.writeString(directory.resolve("benchmarks.json"), json() + "\n");
    Files.writeString(directory.resolve("benchmarks.svg"), new Plot(figures).svg());
    System.out.println(markdown());
  }

  String markdown() {
    StringBuilder text = new StringBuilder(2_000);
    text.append(
        "Measured %s: %d cores, %,d MB of memory, Java %s, %s; load average %.1f before it began. Median of %d runs.%n%n"
            .formatted(
                machine.at(),
                machine.cores(),
                machine.memoryMegabytes(),
                machine.java(),
                machine.postgres(),
                machine.load(),
                runs));
    figures
        .systems()
        .forEach(
            system ->
                Optional.ofNullable(settings.get(system))
                    .ifPresent(setting -> text.append("- **" + system + "**: " + setting + "\n")));
    text.append('\n');
    if (headlines().findAny().isPresent()) {
      table(text);
    }
    text.append("| system | figure | median | range | runs |\n|---|---|---:|---:|---:|\n");
    for (Figure figure : figures.all()) {
      text.append(
          "| %s | %s | %s | %s – %s | %d |%n"
              .formatted(
                  figure.system(),
                  figure.what(),
                  Numbers.text(figure.median()),
                  Numbers.text(figure.least()),
                  Numbers.text(figure.most()),
                  figure.values().size()));
    }
    return text.toString();
  }

  private Stream<Headline> headlines() {
    return HEADLINES.stream().filter(line -> figures.of(OURS, line.what()).isPresent());
  }

  /** Systems beside each other; in brackets how many times better Millrace is. */
  private void table(StringBuilder text) {
    List<String> systems = figures.systems().stream().filter(settings::containsKey).toList();
    text.append("| |").append(String.join("|", systems)).append("|\n|---|");
    text.append("---:|".repeat(systems.size())).append('\n');
    headlines()
        .forEach(
            line -> {
              double ours = figures.of(OURS, line.what()).orElseThrow().median();
              text.append("| ").append(line.title()).append(" |");
              for (String system : systems) {
                text.append(
                    figures
                        .of(system, line.what())
                        .map(Figure::median)
                        .map(
                            median ->
                                cell(system, median, line.more() ? ours / median : median / ours))
                        .orElse("–"));
                text.append('|');
              }
              text.append('\n');
            });
    text.append('\n');
  }

  private static String cell(String system, double median, double better) {
    return system.equals(OURS)
        ? Numbers.text(median)
        : Numbers.text(median) + " (" + Numbers.text(better) + "×)";
  }

  private String json() {
    ObjectNode root = Json.mapper().createObjectNode();
    root.put("at", machine.at().toString())
        .put("cores", machine.cores())
        .put("memory_mb", machine.memoryMegabytes())
        .put("java", machine.java())
        .put("postgres", machine.postgres())
        .put("load_before", machine.load())
        .put("runs", runs);
    var list = root.putArray("figures");
    for (Figure figure : figures.all()) {
      ObjectNode one = list.addObject();
      one.put("system", figure.system()).put("what", figure.what()).put("median", figure.median());
      var values = one.putArray("values");
      figure.values().forEach(values::add);
    }
    return root.toPrettyString();
  }
}
