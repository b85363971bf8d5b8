package dev.millrace.bench.program;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** db-scheduler: lock-and-fetch with 40 threads, polling each 100 ms. */
final class DbSchedulerProgram extends Program {
  private static final int THREADS = 40;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final double REFILL_BELOW = 0.5;
  private static final double FETCH_UP_TO = 4.0;

  private static final String TABLE =
      """
      CREATE TABLE scheduled_tasks (
        task_name text NOT NULL,
        task_instance text NOT NULL,
        task_data bytea,
        execution_time timestamptz NOT NULL,
        picked boolean NOT NULL,
        picked_by text,
        last_success timestamptz,
        last_failure timestamptz,
        consecutive_failures integer,
        last_heartbeat timestamptz,
        version bigint NOT NULL,
        priority smallint,
        PRIMARY KEY (task_name, task_instance)
      );
      CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time);
      CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat);
      """;

  private final Database database;
  private final OneTimeTask<Payload> task;
  private final SchedulerClient client;

  /** What a job carries. */
  record Payload(long at, String filler) implements Serializable {}

  private DbSchedulerProgram(String databaseUrl) {
    this.database =
        Database.open(DatabaseUrl.parse(databaseUrl), "bench", THREADS + 10, Limits.LONG);
    this.task =
        Tasks.oneTime("bench.noop", Payload.class)
            .execute((instance, context) -> handled(instance.getData().at()));
    this.client = SchedulerClient.Builder.create(database.dataSource(), task).build();
  }

  /** Database, Redis, verb, numbers. */
  public static void main(String[] arguments) throws Exception {
    List<String> all = List.of(arguments);
    new DbSchedulerProgram(all.get(0)).run(all.subList(2, all.size()));
  }

  @Override
  void prepare() {
    database.jdbi().useHandle(handle -> handle.createScript(TABLE).execute());
  }

  @Override
  void enqueue(int jobs) {
    List<TaskInstance<?>> batch = new ArrayList<>(jobs);
    for (int i = 0; i < jobs; i++) {
      batch.add(task.instance(UUID.randomUUID().toString(), new Payload(now(), FILLER)));
    }
    if (jobs == 1) {
      client.scheduleIfNotExists(batch.get(0), Instant.now());
    } else {
      client.scheduleBatch(batch, Instant.now());
    }
  }

  @Override
  void work() {
    Scheduler.create(database.dataSource(), task)
        .threads(THREADS)
        .pollUsingLockAndFetch(REFILL_BELOW, FETCH_UP_TO)
        .pollingInterval(POLL)
        .build()
        .start();
  }

  @Override
  boolean drained() {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("SELECT NOT EXISTS (SELECT 1 FROM scheduled_tasks)")
                    .mapTo(Boolean.class)
                    .one());
  }
}
