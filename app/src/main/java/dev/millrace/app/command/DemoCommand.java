package dev.millrace.app.command;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.DataDirs;
import dev.millrace.app.config.Settings;
import dev.millrace.app.demo.ConsoleProgress;
import dev.millrace.app.demo.Demo;
import dev.millrace.app.demo.DemoCache;
import dev.millrace.app.demo.DemoData;
import dev.millrace.app.demo.DemoSource;
import dev.millrace.app.demo.DemoTraffic;
import dev.millrace.app.demo.Summary;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.http.ApiClient;
import dev.millrace.app.log.Logging;
import dev.millrace.app.log.Output;
import dev.millrace.app.process.Node;
import dev.millrace.app.process.StopSignal;
import dev.millrace.demo.DemoFacts;
import dev.millrace.stats.Flag;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows all of Millrace with generated data and without setup. */
@Command(
    name = "demo",
    description = {
      "Shows all of Millrace with generated data: embedded Postgres and Redis, one master sync, every view refreshed, one stats job.",
      "DATABASE_URL, REDIS_URL, QUEUE_NAME, DISABLE_MV_WORKER, CACHE_INVALIDATION_*, NEXT_PUBLIC_APP_URL, INTERNAL_API_KEY,"
          + " LEGACY_STATS_URL and USE_BG_JOBS_* are ignored here."
    },
    mixinStandardHelpOptions = true,
    exitCodeList = {
      "0:a signal stopped it after the summary, or all of --once completed",
      "1:it failed, or something of --once did",
      "2:a setting, a port or a service does not allow its start",
      "128 and a signal's number:that signal stopped it before the summary"
    })
public final class DemoCommand implements Callable<Integer> {
  /** Settings of the user's installation, which a demo must not change. */
  private static final List<String> NOT_USED =
      Stream.concat(
              Stream.of(
                  "DATABASE_URL",
                  "REDIS_URL",
                  "QUEUE_NAME",
                  "DISABLE_MV_WORKER",
                  "CACHE_INVALIDATION_URL",
                  "CACHE_INVALIDATION_PATH",
                  "NEXT_PUBLIC_APP_URL",
                  "INTERNAL_API_KEY",
                  "LEGACY_STATS_URL"),
              Flag.names().stream())
          .toList();

  private final Map<String, String> environment;
  @Mixin private final PlaceOptions place = new PlaceOptions();

  @Option(names = "--once", description = "end after the summary: 0 if all of it completed, else 1")
  private boolean once;

  @Option(
      names = "--google",
      description =
          "read the generated sheets through Google's API, from a local server in its place; MASTER_SHEET_URL is ignored")
  private boolean google;

  public DemoCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    Settings settings = place.over(Settings.of(environment));
    // the demo must not write to the user's own database, to the directory of `up`, or call the
    // user's own cache
    Settings own = settings.without(NOT_USED.toArray(String[]::new));
    Path place = demoDir(settings);
    Config config = Config.read(own, Config.Needs.NOTHING, place).in(place);
    DataDir dataDir = DataDir.open(place);
    ConsoleProgress progress =
        new ConsoleProgress(Output.raw(System.out), ConsoleProgress.isTerminal());
    Logging.toFile(environment, dataDir.privateLog());
    List<String> ignored =
        NOT_USED.stream().filter(name -> !environment.getOrDefault(name, "").isBlank()).toList();
    if (!ignored.isEmpty()) {
      progress.step(
          "not used here, because a demo has services and a cache of its own: "
              + String.join(", ", ignored));
    }
    return run(config, dataDir, progress);
  }

  private Path demoDir(Settings settings) {
    Optional<Path> given = Config.dataDir(settings);
    if (given.isEmpty()) {
      return DataDirs.demo(environment);
    }
    return place.dataGiven() ? given.get() : given.get().resolve("demo");
  }

  private int run(Config config, DataDir dataDir, ConsoleProgress progress) {
    StopSignal stop = StopSignal.install();
    progress.step("starting in " + dataDir.path());
    boolean generated = google || config.features().sync().masterSheet().isEmpty();
    try (DemoSource source = DemoSource.start(dataDir, google);
        DemoCache cache = DemoCache.start();
        Node node =
            Node.start(
                Node.Plan.everything(
                        (generated ? source.over(config) : config)
                            .withCache(cache.url(), cache.key()),
                        dataDir)
                    .andThen(shared -> DemoData.fill(shared.jdbi())))) {
      DemoFacts sheets = source.facts();
      progress.step(
          "Postgres and Redis answer, 120,000 parts and %d suppliers' sheets are in place"
              .formatted(sheets.suppliers().size()));
      ApiClient api = new ApiClient(node.address(), List.of(node.adminKey()));
      Optional<Boolean> completed = new Demo(api, progress, stop, cache).run();
      if (completed.isEmpty()) {
        progress.say("stopped before the end; the same command continues it");
        return stop.exitCode();
      }
      Summary summary =
          Summary.of(
              node.jdbi(), completed.get(), generated ? Optional.of(sheets) : Optional.empty());
      summary.show(progress);
      if (!once) {
        sayWhere(node, dataDir, config, progress);
        DemoTraffic traffic = DemoTraffic.start(node.jdbi(), node.health());
        try {
          stop.await();
        } finally {
          traffic.close();
        }
        progress.say("stopping…");
      }
      return once && !summary.good() ? 1 : 0;
    }
  }

  private void sayWhere(Node node, DataDir dataDir, Config config, ConsoleProgress progress) {
    Welcome welcome = new Welcome(environment, node, dataDir);
    welcome.signIn().forEach(progress::say);
    progress.say("address    " + node.address());
    progress.say(
        "admin key  "
            + (config.http().adminKey().isPresent()
                ? "MILLRACE_ADMIN_KEY"
                : dataDir.adminKey().path().toString()));
    progress.say("log        " + dataDir.log());
    progress.say("");
    progress.say(
        "Parts are traded, items move through the factory and people vote while it serves.");
    progress.say("Serving until Ctrl-C. In another terminal: " + welcome.command("status"));
  }
}
