package dev.millrace.bench.program;

import static org.jobrunr.server.BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.configuration.JobRunrConfiguration;
import org.jobrunr.configuration.JobRunrConfiguration.JobRunrConfigurationResult;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jspecify.annotations.Nullable;

/** JobRunr: 64 workers, polling each 5 s, its shortest. */
public final class JobRunrProgram extends Program {
  private static final int WORKERS = 64;
  private static final int POLL_SECONDS = 5;

  /** JobRunr creates its handlers, so they find the program here. */
  private static final AtomicReference<@Nullable JobRunrProgram> running = new AtomicReference<>();

  private final Database database;
  private @Nullable JobRunrConfigurationResult client;

  private JobRunrProgram(String databaseUrl) {
    this.database = Database.open(DatabaseUrl.parse(databaseUrl), "bench", 20, Limits.LONG);
    running.set(this);
  }

  /** Database, Redis, verb, numbers. */
  public static void main(String[] arguments) throws Exception {
    List<String> all = List.of(arguments);
    new JobRunrProgram(all.get(0)).run(all.subList(2, all.size()));
  }

  /** What a job carries. */
  public record Payload(long at, String filler) implements JobRequest {
    @Override
    public Class<NoopHandler> getJobRequestHandler() {
      return NoopHandler.class;
    }
  }

  /** Does nothing. */
  public static final class NoopHandler implements JobRequestHandler<Payload> {
    @Override
    public void run(Payload payload) {
      JobRunrProgram program = running.get();
      if (program != null) {
        program.handled(payload.at());
      }
    }
  }

  @Override
  void prepare() {
    client();
  }

  @Override
  void enqueue(int jobs) {
    var scheduler = client().getJobRequestScheduler();
    if (jobs == 1) {
      scheduler.enqueue(new Payload(now(), FILLER));
    } else {
      scheduler.enqueue(Stream.generate(() -> new Payload(now(), FILLER)).limit(jobs));
    }
  }

  private synchronized JobRunrConfigurationResult client() {
    if (client == null) {
      client = configuration().initialize();
    }
    return client;
  }

  @Override
  void work() {
    configuration()
        .useBackgroundJobServer(
            usingStandardBackgroundJobServerConfiguration()
                .andWorkerCount(WORKERS)
                .andPollIntervalInSeconds(POLL_SECONDS))
        .initialize();
  }

  private JobRunrConfiguration configuration() {
    return JobRunr.configure()
        .useStorageProvider(new PostgresStorageProvider(database.dataSource()));
  }

  @Override
  boolean drained() {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "SELECT NOT EXISTS (SELECT 1 FROM jobrunr_jobs WHERE state IN ('ENQUEUED', 'PROCESSING'))")
                    .mapTo(Boolean.class)
                    .one());
  }
}
