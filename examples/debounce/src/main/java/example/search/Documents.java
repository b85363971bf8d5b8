package example.search;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobClient;
import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import java.time.Duration;
import java.util.List;

/** Saves edits of documents and has a document indexed when its author pauses. */
public final class Documents {
  /** Indexed 2 s after the last edit, 10 s after the first at the latest. */
  private static final JobOptions WHEN_QUIET =
      JobOptions.NONE.debounced(
          new JobOptions.Debounce(
              Duration.ofSeconds(2), Duration.ofSeconds(10), JobOptions.Merge.UNION));

  private final Database database;
  private final JobClient jobs;

  /** Works on the database of the application, which holds the schema of Millrace as well. */
  public Documents(Database database, JobClient jobs) {
    this.database = database;
    this.jobs = jobs;
  }

  /**
   * Saves the title.
   *
   * @return the job that will index it, the same for all edits until it begins
   */
  public Enqueued saveTitle(long document, String title) {
    return save(document, "title", "UPDATE documents SET title = ? WHERE id = ?", title);
  }

  /** As {@link #saveTitle}, for the body. */
  public Enqueued saveBody(long document, String body) {
    return save(document, "body", "UPDATE documents SET body = ? WHERE id = ?", body);
  }

  private Enqueued save(long document, String field, String update, String text) {
    NewJob job =
        NewJob.of(IndexDocument.KIND, new IndexDocument.Payload(document, List.of(field)))
            .withUniqueKey("index-" + document)
            .with(WHEN_QUIET);
    return database
        .jdbi()
        .inTransaction(
            handle -> {
              handle.execute(update, text, document);
              return jobs.enqueueIn(handle, job);
            });
  }

  /** Types a body letter by letter, then a title. */
  public static void main(String[] args) {
    try (Database database =
            Database.open(DatabaseUrl.parse(System.getenv("DATABASE_URL")), "editor", 4);
        Redis redis = Redis.open(RedisUrl.parse(System.getenv("REDIS_URL")), 4)) {
      Documents documents =
          new Documents(database, new QueueClient(database, redis, new ReadyJobs(redis)));
      String body = "Postgres decides, Redis hurries.";
      for (int letters = 1; letters <= body.length(); letters++) {
        documents.saveBody(1, body.substring(0, letters));
      }
      Enqueued last = documents.saveTitle(1, "Millrace");
      System.out.println((body.length() + 1) + " edits, job " + last.jobId() + " indexes them");
    }
  }
}
