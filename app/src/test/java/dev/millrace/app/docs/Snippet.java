package dev.millrace.app.docs;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.job.JobClient;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import org.jdbi.v3.core.Handle;

/** Statements of a page, with what the text says that a reader has: a client and a transaction. */
public abstract class Snippet {
  protected final JobClient jobs;
  protected final Handle handle;

  /** Of a running program. */
  protected Snippet(JobClient jobs, Handle handle) {
    this.jobs = jobs;
    this.handle = handle;
  }

  protected abstract void run() throws Exception;

  /** The source of a snippet. */
  static String wrap(String name, String statements) {
    return "public final class %s extends %s {\n".formatted(name, Snippet.class.getName())
        + "  public %s(JobClient jobs, Handle handle) { super(jobs, handle); }\n".formatted(name)
        + "  @Override protected void run() throws Exception {\n"
        + statements
        + "\n  }\n}\n";
  }

  /** Runs the snippet of that name in a transaction of its own, as a process of an application. */
  public static void main(String[] args) throws Exception {
    try (Database database =
            Database.open(DatabaseUrl.parse(System.getenv("DATABASE_URL")), "reader", 2);
        Redis redis = Redis.open(RedisUrl.parse(System.getenv("REDIS_URL")), 2)) {
      JobClient jobs = new QueueClient(database, redis, new ReadyJobs(redis));
      database
          .jdbi()
          .useTransaction(
              handle ->
                  Class.forName(args[0])
                      .asSubclass(Snippet.class)
                      .getConstructor(JobClient.class, Handle.class)
                      .newInstance(jobs, handle)
                      .run());
    }
  }
}
