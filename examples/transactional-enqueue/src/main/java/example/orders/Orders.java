package example.orders;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.job.JobClient;
import dev.millrace.job.NewJob;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import org.jdbi.v3.core.JdbiException;

/** Places orders. An order and the job that confirms it are committed together, or neither is. */
public final class Orders {
  private final Database database;
  private final JobClient jobs;

  /** Works on the database of the application, which holds the schema of Millrace as well. */
  public Orders(Database database, JobClient jobs) {
    this.database = database;
    this.jobs = jobs;
  }

  /**
   * Takes pieces from the stock.
   *
   * @return the id of the job that confirms the order
   * @throws JdbiException when the stock has too few; then there is neither an order nor a job
   */
  public long place(long order, int pieces) {
    return database
        .jdbi()
        .inTransaction(
            handle -> {
              handle.execute("INSERT INTO orders (id, pieces) VALUES (?, ?)", order, pieces);
              long job =
                  jobs.enqueueIn(
                          handle,
                          NewJob.of(ConfirmOrder.KIND, new ConfirmOrder.Payload(order))
                              .withUniqueKey("order-" + order))
                      .jobId();
              // The constraint of the table refuses a negative stock, and takes back all three.
              handle.execute("UPDATE stock SET pieces = pieces - ?", pieces);
              return job;
            });
  }

  /** Places an order that the stock has, and one that it has not. */
  public static void main(String[] args) {
    try (Database database =
            Database.open(DatabaseUrl.parse(System.getenv("DATABASE_URL")), "shop", 4);
        Redis redis = Redis.open(RedisUrl.parse(System.getenv("REDIS_URL")), 4)) {
      Orders orders = new Orders(database, new QueueClient(database, redis, new ReadyJobs(redis)));
      System.out.println("order 1 is placed, job " + orders.place(1, 3) + " confirms it");
      try {
        System.out.println("order 2 is placed, job " + orders.place(2, 100) + " confirms it");
      } catch (JdbiException e) {
        System.out.println("order 2 is refused: the stock has fewer than 100 pieces");
      }
    }
  }
}
