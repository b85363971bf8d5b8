package dev.millrace.app.config;

import dev.millrace.address.Address;
import dev.millrace.alert.Alerts;
import dev.millrace.api.access.AccessRules;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.job.NewJob;
import dev.millrace.mv.ConfiguredView;
import dev.millrace.redis.RedisUrl;
import dev.millrace.scheduler.ViewDuties;
import dev.millrace.sheet.google.GoogleSettings;
import dev.millrace.stats.Flag;
import dev.millrace.stats.StatsSettings;
import dev.millrace.sync.job.SyncSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * All settings of a process. {@link #read} reports every invalid setting at once.
 *
 * @param dataDir absolute; what the process keeps on disk lies there
 * @param variables all that were given, also those that are no settings of ours: for plugins
 */
public record Config(
    Path dataDir,
    Services services,
    Http http,
    Worker worker,
    Features features,
    Map<String, String> variables) {
  public Config {
    variables = Map.copyOf(variables);
  }

  /** Without the variables, which hold secrets. */
  @Override
  public String toString() {
    return "Config[dataDir=%s, services=%s, http=%s, worker=%s, features=%s]"
        .formatted(dataDir, services, http, worker, features);
  }

  /**
   * Where the services are.
   *
   * @param database empty: Postgres is embedded
   * @param redis empty: Redis is embedded
   */
  public record Services(Optional<DatabaseUrl> database, Optional<RedisUrl> redis) {}

  /**
   * The API's side of the network.
   *
   * @param host the address to bind
   * @param port 0: any free one
   * @param adminKey empty: the one kept in the data directory
   * @param rules for all callers
   * @param keepAudit how long rows of the audit are kept
   * @param metrics where every process answers with its metrics; empty: nowhere
   */
  public record Http(
      String host,
      int port,
      Optional<Secret> adminKey,
      AccessRules rules,
      Duration keepAudit,
      Optional<InetSocketAddress> metrics) {}

  /**
   * How this process claims.
   *
   * @param id the part of a worker's id that stays over restarts
   * @param concurrency jobs at once, 1 to 1000
   * @param refreshesViews whether it claims refreshes of materialized views
   * @param release what this process runs, by the name of those who deploy it
   */
  public record Worker(
      String id, String queue, int concurrency, boolean refreshesViews, String release) {}

  /** The settings of the built-in job kinds. */
  public record Features(Sync sync, Stats stats, Views views, Optional<Alerts.Settings> alerts) {
    Features with(Sync other) {
      return new Features(other, stats, views, alerts);
    }

    Features with(Stats other) {
      return new Features(sync, other, views, alerts);
    }
  }

  /**
   * Materialized views.
   *
   * @param maxWorkers how many refreshes run at once over all processes, 1 to 100
   * @param configured those that the file of views names
   */
  public record Views(int maxWorkers, List<ConfiguredView> configured) {
    public Views {
      configured = List.copyOf(configured);
    }
  }

  /**
   * The master sync.
   *
   * @param intervalHours 1 to 24; the hours of the day that are multiples of it
   * @param masterSheet {@code http}, {@code https} or {@code file}
   * @param google empty: Google sheets are read as published CSV
   * @param maxLostPercent 0 to 100, see {@link SyncSettings}
   * @param deletesVanished see {@link SyncSettings}
   * @param redisPrefix of {@code sync:status} and its like
   * @param maxRetryAfter see {@link SyncSettings}
   */
  public record Sync(
      int intervalHours,
      Optional<URI> masterSheet,
      Optional<GoogleSettings> google,
      int maxLostPercent,
      boolean deletesVanished,
      String redisPrefix,
      Duration maxRetryAfter) {
    /** The same, for the parts that work with it. */
    public SyncSettings settings() {
      return new SyncSettings(masterSheet, maxLostPercent, deletesVanished, maxRetryAfter);
    }

    Sync with(URI otherMasterSheet, Optional<GoogleSettings> otherGoogle) {
      return new Sync(
          intervalHours,
          Optional.of(otherMasterSheet),
          otherGoogle,
          maxLostPercent,
          deletesVanished,
          redisPrefix,
          maxRetryAfter);
    }
  }

  /**
   * The stats jobs: which triggers may enqueue one, and whose cache is invalidated afterwards.
   *
   * @param internalApiKey there when {@code cacheInvalidation} is
   * @param legacy what calls are handed to while a flag is off
   * @param flagsOn those that are not switched off
   * @param parallel functions at once, 1 to 64
   */
  public record Stats(
      Optional<URI> cacheInvalidation,
      Optional<Secret> internalApiKey,
      Optional<URI> legacy,
      Set<Flag> flagsOn,
      int parallel) {
    public Stats {
      flagsOn = Set.copyOf(flagsOn);
    }

    /** The same, for the parts that work with it. */
    public StatsSettings settings() {
      return new StatsSettings(
          cacheInvalidation,
          internalApiKey.map(Secret::value),
          legacy,
          flagsOn,
          parallel,
          StatsSettings.DEFAULT.patience());
    }
  }

  /** The same, kept in another directory. */
  public Config in(Path otherDataDir) {
    return new Config(otherDataDir.toAbsolutePath(), services, http, worker, features, variables);
  }

  private Config with(Services otherServices, Features otherFeatures) {
    return new Config(dataDir, otherServices, http, worker, otherFeatures, variables);
  }

  /** The same, with these services. */
  public Config withServices(DatabaseUrl database, RedisUrl redis) {
    return with(new Services(Optional.of(database), Optional.of(redis)), features);
  }

  /** The same, syncing another master sheet with another account. */
  public Config withSheets(URI master, Optional<GoogleSettings> google) {
    return with(services, features.with(features.sync().with(master, google)));
  }

  /** The same, telling another cache. */
  public Config withCache(URI url, Secret key) {
    Stats given = features.stats();
    Stats stats =
        new Stats(
            Optional.of(url), Optional.of(key), given.legacy(), given.flagsOn(), given.parallel());
    return with(services, features.with(stats));
  }

  /** Reachable from this machine only. */
  public static final String DEFAULT_HOST = "127.0.0.1";

  /** The port when none is set. */
  public static final int DEFAULT_PORT = 8080;

  private static final int DEFAULT_CONCURRENCY = 8;
  private static final int SHORTEST_KEY = 16;
  private static final Pattern WORKER_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final Pattern RELEASE = Pattern.compile("[ -~]{1,100}");
  private static final Pattern KEY = Pattern.compile("[!-~]+");

  /** What a command cannot do without. */
  public enum Needs {
    /** Nothing: services that are not named are embedded. */
    NOTHING,
    /** {@code DATABASE_URL} must be set. */
    DATABASE,
    /** {@code DATABASE_URL} and {@code REDIS_URL} must be set. */
    DATABASE_AND_REDIS
  }

  /**
   * Reads and checks everything.
   *
   * @param defaultDataDir when {@code MILLRACE_DATA_DIR} is not set
   * @throws WrongSettingsException naming every bad setting
   */
  public static Config read(Settings settings, Needs needs, Path defaultDataDir) {
    Reader reader = new Reader(settings);
    if (needs != Needs.NOTHING) {
      reader.require("DATABASE_URL", "expected postgresql://user:password@host:port/database");
    }
    if (needs == Needs.DATABASE_AND_REDIS) {
      reader.require("REDIS_URL", "expected redis://host:port");
    }
    Config config =
        new Config(
            dataDir(reader).orElse(defaultDataDir.toAbsolutePath()),
            new Services(
                reader.readHidden("DATABASE_URL", DatabaseUrl::parse),
                reader.readHidden("REDIS_URL", RedisUrl::parse)),
            new Http(
                reader.read("MILLRACE_HOST", Config::host).orElse(DEFAULT_HOST),
                reader.number("MILLRACE_PORT", DEFAULT_PORT, 0, 65_535),
                reader.readHidden("MILLRACE_ADMIN_KEY", Config::adminKey),
                ApiRules.read(reader),
                ApiRules.audit(reader),
                MetricsAddress.read(reader)),
            worker(reader),
            new Features(
                SyncReader.read(reader), stats(reader), views(reader), AlertWebhook.read(reader)),
            settings.variables());
    checkLog(reader);
    reader.refuseIfWrong();
    return config;
  }

  /** The data directory alone, for commands that need nothing else. */
  public static Optional<Path> dataDir(Settings settings) {
    Reader reader = new Reader(settings);
    Optional<Path> dataDir = dataDir(reader);
    reader.refuseIfWrong();
    return dataDir;
  }

  /** The admin key alone, for commands that need nothing else. */
  public static Optional<Secret> adminKey(Settings settings) {
    Reader reader = new Reader(settings);
    Optional<Secret> key = reader.readHidden("MILLRACE_ADMIN_KEY", Config::adminKey);
    reader.refuseIfWrong();
    return key;
  }

  private static Optional<Path> dataDir(Reader reader) {
    return reader.read(
        "MILLRACE_DATA_DIR", text -> LocalFile.path(text).toAbsolutePath().normalize());
  }

  private static Worker worker(Reader reader) {
    return new Worker(
        reader
            .read("WORKER_ID", text -> matching(text, WORKER_ID, "letters, digits, '.', '_', '-'"))
            .orElseGet(Config::hostName),
        reader
            .read(
                "QUEUE_NAME",
                text -> matching(text, NewJob.QUEUE, "a lower-case name such as default"))
            .orElse(NewJob.DEFAULT_QUEUE),
        reader.number("MILLRACE_CONCURRENCY", DEFAULT_CONCURRENCY, 1, 1000),
        !reader.flag("DISABLE_MV_WORKER", false),
        reader
            .read(
                "MILLRACE_RELEASE",
                text -> matching(text, RELEASE, "1 to 100 printable characters"))
            .orElseGet(Config::version));
  }

  /** The version in the jar's manifest; empty when there is none. */
  private static String version() {
    return Optional.ofNullable(Config.class.getPackage().getImplementationVersion()).orElse("");
  }

  private static Stats stats(Reader reader) {
    return new Stats(
        CacheAddress.read(reader),
        reader.readHidden("INTERNAL_API_KEY", text -> new Secret(printable(text))),
        reader.read("LEGACY_STATS_URL", text -> Address.web(text, Set.of("http", "https"))),
        Arrays.stream(Flag.values())
            .filter(flag -> reader.flag(flag.name(), true))
            .collect(Collectors.toSet()),
        reader.number("MILLRACE_STATS_PARALLEL", StatsSettings.DEFAULT_PARALLEL, 1, 64));
  }

  private static Views views(Reader reader) {
    return new Views(
        reader.number("MV_MAX_WORKERS", ViewDuties.DEFAULT.atOnce(), 1, 100),
        reader
            .read(
                "MV_VIEWS_FILE",
                text -> ConfiguredView.read(LocalFile.content(LocalFile.readable(text))))
            .orElse(List.of()));
  }

  private static Secret adminKey(String text) {
    if (text.length() < SHORTEST_KEY) {
      throw new IllegalArgumentException(
          "must have at least " + SHORTEST_KEY + " characters, has " + text.length());
    }
    return new Secret(printable(text));
  }

  static String printable(String text) {
    return matching(text, KEY, "printable ASCII characters without spaces");
  }

  static String host(String text) {
    try {
      return InetAddress.getByName(text).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("must be an address of this machine, or 0.0.0.0", e);
    }
  }

  static String matching(String text, Pattern pattern, String allowed) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("must be " + allowed + " (" + pattern + ")");
    }
    return text;
  }

  /** Read where the log begins, which is before all else; here it is only checked. */
  private static void checkLog(Reader reader) {
    reader.read(
        "MILLRACE_LOG",
        text -> {
          if (!text.equals("json")) {
            throw new IllegalArgumentException("must be json, or not set");
          }
          return text;
        });
  }

  private static String hostName() {
    try {
      String name = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-");
      return WORKER_ID.matcher(name).matches() ? name : "worker";
    } catch (UnknownHostException e) {
      return "worker"; // a machine that does not know its own name
    }
  }
}
