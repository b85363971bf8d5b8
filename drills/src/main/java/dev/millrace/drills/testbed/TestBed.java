package dev.millrace.drills.testbed;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.db.takeover.Migrations;
import dev.millrace.drills.DrillException;
import dev.millrace.drills.Mutant;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.child.Arguments;
import dev.millrace.drills.child.EffectHandler;
import dev.millrace.drills.proxy.PostgresProxy;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.job.JobClient;
import dev.millrace.job.NewJob;
import dev.millrace.queue.Lane;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisKeys;
import dev.millrace.redis.RedisUrl;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jdbi.v3.core.Jdbi;

/**
 * What a drill plays on: a database of its own with the drill's account of every change, a Redis of
 * its own, child processes, and a client.
 */
public final class TestBed implements AutoCloseable {
  /** The lane of the drill's jobs. */
  public static final Lane LANE = new Lane(NewJob.DEFAULT_QUEUE, EffectHandler.KIND.name());

  private final Scenario.Run run;
  private final Settings settings;
  private final EmbeddedPostgres postgres;
  private final RedisServer redisServer;
  private final Path directory;
  private final String jdbcUrl;
  private final Database database;
  private final Redis redis;
  private final JobRows jobs;
  private final ReadyJobs ready;
  private final Ledger ledger;
  private final PostgresProxy clientProxy;
  private final Database clientDatabase;
  private final JobProducer producer;
  private final MixedFeeder mixed;
  private final ChildProcesses processes;
  private final Thread killAtExit;
  private final Waits waits;
  private final Verdict verdict;

  /**
   * How the children are set.
   *
   * @param lease of the queue workers
   * @param hands of each queue worker
   * @param ownPostgres whether the drill wants a server that no other drill uses
   * @param sentinel whether Redis is found by a sentinel
   * @param told what the children are told beyond what all drills tell them
   */
  public record Settings(
      Duration lease,
      int hands,
      JobProducer.Work work,
      boolean ownPostgres,
      boolean sentinel,
      Map<String, String> told) {
    public Settings {
      told = Map.copyOf(told);
    }

    /** The product's lease in full drills, a short one in small ones. */
    public static Settings of(Scenario.Run run) {
      Duration lease = run.full() ? Duration.ofSeconds(10) : Duration.ofSeconds(2);
      return new Settings(lease, 4, JobProducer.Work.SHORT, false, false, Map.of());
    }

    public Settings withWork(JobProducer.Work other) {
      return new Settings(lease, hands, other, ownPostgres, sentinel, told);
    }

    public Settings withLease(Duration other) {
      return new Settings(other, hands, work, ownPostgres, sentinel, told);
    }

    /** With another number of jobs that each queue worker runs at a time. */
    public Settings withHands(int other) {
      return new Settings(lease, other, work, ownPostgres, sentinel, told);
    }

    public Settings withOwnPostgres() {
      return new Settings(lease, hands, work, true, sentinel, told);
    }

    public Settings withSentinel() {
      return new Settings(lease, hands, work, ownPostgres, true, told);
    }

    public Settings tell(Map<String, String> arguments) {
      return new Settings(lease, hands, work, ownPostgres, sentinel, arguments);
    }
  }

  private TestBed(Scenario.Run run, Settings settings, List<String> jvmOptions) {
    this.run = run;
    this.settings = settings;
    this.directory = DrillServices.newDirectory("drill");
    this.postgres = settings.ownPostgres() ? DrillServices.newPostgres() : DrillServices.postgres();
    this.jdbcUrl = DrillServices.newDatabase(postgres);
    this.database = Database.open(DatabaseUrl.parse(jdbcUrl), "drill", 4, Limits.LONG);
    new Migrations(database).run();
    this.jobs = new JobRows(database.jdbi());
    DrillServices.execute(jdbcUrl, resource("/dev/millrace/drills/testbed/schema.sql"));
    this.redisServer = new RedisServer(directory, settings.sentinel());
    this.redis = Redis.open(RedisUrl.parse(redisServer.url()), 4);
    this.ready = new ReadyJobs(redis);
    this.ledger = new Ledger(directory.resolve("ledger"));
    this.clientProxy = new PostgresProxy(postgres.port());
    this.clientDatabase =
        Database.open(DatabaseUrl.parse(through(clientProxy.port())), "drill client", 2);
    JobClient client = new QueueClient(clientDatabase, redis, ready);
    this.producer = new JobProducer(client, ledger, new Random(run.seed()), settings.work());
    this.mixed = new MixedFeeder(client, ledger, new Random(run.seed()), database.jdbi());
    this.processes = new ChildProcesses(plan(mutated(), jvmOptions));
    this.waits = new Waits(database.jdbi(), jobs, settings.lease());
    this.verdict =
        new Verdict(
            run,
            new Verdict.Material(jdbcUrl, database.jdbi(), ledger, directory),
            producer,
            processes);
    this.killAtExit = new Thread(processes::close);
  }

  /** Sets it up: services, a leader, and queue workers that are ready. */
  public static TestBed open(Scenario.Run run, Settings settings, int workers) {
    TestBed testBed = empty(run, settings);
    try {
      testBed.processes.startLeader();
      testBed.processes.startWorkers(workers);
      return testBed;
    } catch (RuntimeException e) {
      testBed.close();
      throw e;
    }
  }

  /** The services alone; the drill starts the children that it wants. */
  public static TestBed empty(Scenario.Run run, Settings settings) {
    return empty(run, settings, ChildArchive.options());
  }

  /** With other options of the children's JVMs. */
  static TestBed empty(Scenario.Run run, Settings settings, List<String> jvmOptions) {
    TestBed testBed = new TestBed(run, settings, jvmOptions);
    Runtime.getRuntime().addShutdownHook(testBed.killAtExit);
    return testBed;
  }

  /** Where the process of the drills logs to; gone with the process when all has passed. */
  public static Path logFile() {
    return DrillServices.logFile();
  }

  /** For files of a drill; it goes with the process. */
  public static Path newDirectory(String name) {
    return DrillServices.newDirectory(name);
  }

  /** Takes the guard away that this run does without, and says what the children are told. */
  private Map<String, String> mutated() {
    Mutant mutant = run.without().map(guard -> guard.mutant()).orElse(null);
    if (mutant instanceof Mutant.Statement statement) {
      statement.writeTo(directory.resolve("overlay"));
    } else if (mutant instanceof Mutant.Constant constant) {
      constant.writeTo(directory.resolve("overlay"));
    } else if (mutant instanceof Mutant.Schema schema) {
      for (String sql : schema.sql().split(";", -1)) {
        DrillServices.execute(jdbcUrl, sql);
      }
    } else if (mutant instanceof Mutant.Argument argument) {
      return Map.of(argument.name(), argument.value());
    }
    return Map.of();
  }

  private ChildProcesses.Plan plan(Map<String, String> changed, List<String> jvmOptions) {
    Arguments common =
        new Arguments(
            Map.of(
                "redis",
                redisServer.url(),
                "lease",
                Long.toString(settings.lease().toMillis()),
                "effect",
                "fenced",
                "drain",
                "5000",
                "kind",
                EffectHandler.KIND.name()));
    for (Map.Entry<String, String> one : settings.told().entrySet()) {
      common = common.with(one.getKey(), one.getValue());
    }
    for (Map.Entry<String, String> change : changed.entrySet()) {
      common = common.with(change.getKey(), change.getValue());
    }
    return new ChildProcesses.Plan(
        common,
        common.with("role", "worker").with("concurrency", Integer.toString(settings.hands())),
        jdbcUrl,
        postgres.port(),
        new DrillProcess.Jvm(
            jvmOptions, Optional.of(directory.resolve("overlay")).filter(Files::isDirectory)),
        directory);
  }

  private String through(int port) {
    return jdbcUrl.replace(":" + postgres.port() + "/", ":" + port + "/");
  }

  public ChildProcesses processes() {
    return processes;
  }

  /** Waits for states of the drill's database. */
  public Waits waits() {
    return waits;
  }

  /** Judges what is left, in the report of the run. */
  public Verdict verdict() {
    return verdict;
  }

  public JobProducer producer() {
    return producer;
  }

  /** The client of the mixed drills. */
  public MixedFeeder mixed() {
    return mixed;
  }

  /** Sessions of another application that hold rows and snapshots, until they are closed. */
  public Stranger stranger(int sessions, Duration longest) {
    return new Stranger(jdbcUrl, new Random(run.seed()), sessions, longest);
  }

  /** Does something while an idle session keeps every row of this moment. */
  public void besideSnapshot(Runnable deed) {
    IdleSnapshot.beside(jdbcUrl, deed);
  }

  /** The client's way to Postgres. */
  public PostgresProxy clientProxy() {
    return clientProxy;
  }

  public ReadyJobs ready() {
    return ready;
  }

  /** The product's way to Redis. */
  public Redis redis() {
    return redis;
  }

  public RedisServer redisServer() {
    return redisServer;
  }

  /** Postgres' word on the jobs. */
  public JobRows jobs() {
    return jobs;
  }

  /** How many jobs its queue workers run at once. */
  public int hands() {
    return settings.hands() * processes.workers().size();
  }

  public Duration lease() {
    return settings.lease();
  }

  /** Another way to the drill's database that no drill disturbs; the caller closes it. */
  Database connect(String name, int connections) {
    return Database.open(DatabaseUrl.parse(jdbcUrl), name, connections);
  }

  /** One number from the drill's database, over a way that no drill disturbs. */
  public long number(String sql, Object... args) {
    return jdbi().withHandle(handle -> handle.select(sql, args).mapTo(Long.class).one());
  }

  /** Changes something behind the product's back; returns how many rows. */
  public int execute(String sql, Object... args) {
    return jdbi().withHandle(handle -> handle.execute(sql, args));
  }

  /** The same for several statements, whose texts are not looked at here. */
  public void script(String sql) {
    DrillServices.execute(jdbcUrl, sql);
  }

  /** One column of a query. */
  public List<String> texts(String sql, Object... args) {
    return jdbi().withHandle(handle -> handle.select(sql, args).mapTo(String.class).list());
  }

  /** A session of another role. */
  public Connection login(String role, String password) {
    try {
      return DriverManager.getConnection(jdbcUrl.replaceFirst("\\?.*", ""), role, password);
    } catch (SQLException e) {
      throw new DrillException("the role " + role + " could not connect", e);
    }
  }

  private Jdbi jdbi() {
    return database.jdbi();
  }

  /** Notes that a process was killed or frozen just now. */
  public void noteLoss(long pid) {
    jdbi().useHandle(handle -> handle.execute("INSERT INTO drill.losses (pid) VALUES (?)", pid));
  }

  /** The hints that stand in Redis for the drill's jobs. */
  public long hints() {
    return redis.call(jedis -> jedis.zcard(RedisKeys.ready(LANE.queue(), LANE.kind())), 0L);
  }

  /** Kills the Postgres server and starts it again. */
  public void killPostgres() {
    ChildProcess.kill(postgres.pid());
    postgres.restart();
  }

  static String resource(String path) {
    try (InputStream in = TestBed.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new DrillException("there is no " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DrillException(path + " cannot be read", e);
    }
  }

  /** Everything goes; a drill that came to a standstill is checked as far as it came. */
  @Override
  public void close() {
    verdict.checkUnlessDone();
    producer.end();
    processes.close();
    clientDatabase.close();
    clientProxy.close();
    redis.close();
    redisServer.close();
    ledger.close();
    database.close();
    if (settings.ownPostgres()) {
      postgres.close();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(killAtExit);
    } catch (IllegalStateException e) {
      // the process is ending: the hook has run or runs
    }
  }
}
