package dev.millrace.drills.child;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.job.JobHandler;
import dev.millrace.job.NewJob;
import dev.millrace.lock.JobLocks;
import dev.millrace.mv.job.MvHandlers;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.sync.job.SyncMaster;
import dev.millrace.sync.job.SyncSettings;
import dev.millrace.sync.job.SyncSupplier;
import dev.millrace.worker.Handlers;
import dev.millrace.worker.QueueWorker;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Jdbi;

/**
 * A queue worker with the drill's handler and that of views, made of the product's parts; SIGTERM
 * stops it as it stops the product's.
 */
final class WorkerChild {
  /** Connections beyond one per hand: fetcher, recorder, heartbeat, and one to spare. */
  private static final int CONNECTIONS = 4;

  private WorkerChild() {}

  static void start(Arguments arguments) {
    int concurrency = arguments.number("concurrency");
    Duration lease = arguments.millis("lease");
    RedisUrl redisUrl = RedisUrl.parse(arguments.text("redis"));
    Database database =
        Database.open(
            DatabaseUrl.parse(arguments.text("database")), arguments.text("name"), CONNECTIONS);
    Jdbi jdbi = database.jdbi();
    Jdbi work = database.handlerPool(concurrency).jdbi();
    Redis redis = Redis.open(redisUrl, concurrency + CONNECTIONS);
    ReadyJobs ready = new ReadyJobs(redis);
    if (arguments.has("awaits")) {
      await(redis);
    }
    QueueWorker worker =
        new QueueWorker(
            new QueueWorker.Settings(
                arguments.text("name"),
                NewJob.DEFAULT_QUEUE,
                concurrency,
                arguments.millis("drain"),
                lease),
            new QueueWorker.Services(
                jdbi,
                work,
                ready,
                new JobResults(jdbi, new QueueClient(database, redis, ready)),
                JobLocks.open(redisUrl, redis, lease),
                new ProgressBoard(redis)),
            new Handlers(handlers(arguments, work)));
    Runtime.getRuntime().addShutdownHook(new Thread(worker::close));
    worker.start();
  }

  /** The wrong way: nothing is claimed before Redis has been found. */
  private static void await(Redis redis) {
    while (!redis.ping()) {
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private static JobHandler<EffectPayload> handler(Arguments arguments, Jdbi jdbi) {
    String kind = arguments.text("kind");
    return switch (arguments.text("effect")) {
      case "fenced" -> new EffectHandler(EffectHandler.kind(kind), EffectHandler.FENCED);
      case "autocommit" ->
          new EffectHandler(EffectHandler.kind(kind), EffectHandler.autocommit(jdbi));
      case "heedful" -> new CooperativeHandler(EffectHandler.kind(kind));
      default -> throw new IllegalArgumentException("no effect " + arguments.text("effect"));
    };
  }

  private static List<JobHandler<?>> handlers(Arguments arguments, Jdbi jdbi) {
    List<JobHandler<?>> handlers = new ArrayList<>(MvHandlers.all(jdbi));
    handlers.add(handler(arguments, jdbi));
    handlers.add(new MixedHandler());
    handlers.add(new AddressHandler());
    handlers.add(new SerializedHandler());
    if (arguments.has("master")) {
      URI master = URI.create(arguments.text("master"));
      SyncSettings sync = SyncSettings.of(Optional.of(master));
      handlers.add(new SyncMaster(sync));
      handlers.add(new SyncSupplier(jdbi, sync));
    }
    handlers.replaceAll(ReportingHandler::new);
    return handlers;
  }
}
