package example.album;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.job.Batch;
import dev.millrace.job.JobClient;
import dev.millrace.job.NewJob;
import dev.millrace.job.OnChildFailure;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Takes albums: their pictures are scaled side by side, then the album is published. */
public final class Albums {
  private final Database database;
  private final JobClient jobs;

  /** Works on the database of the application, which holds the schema of Millrace as well. */
  public Albums(Database database, JobClient jobs) {
    this.database = database;
    this.jobs = jobs;
  }

  /**
   * Stores an album and enqueues one job for each picture.
   *
   * @param pictures at least 1
   * @return the id of the parent, which shows how many of them have ended
   */
  public long upload(long album, int pictures) {
    List<NewJob> scale =
        IntStream.rangeClosed(1, pictures)
            .mapToObj(
                number -> NewJob.of(ScalePicture.KIND, new ScalePicture.Payload(album, number)))
            .toList();
    NewJob publish = NewJob.of(PublishAlbum.KIND, new PublishAlbum.Payload(album));
    // FAIL: with a picture that cannot be scaled the parent fails. The callback is enqueued all the
    // same, so PublishAlbum counts for itself.
    Batch batch = new Batch(scale, OnChildFailure.FAIL, Optional.of(publish));
    return database
        .jdbi()
        .inTransaction(
            handle -> {
              handle.execute("INSERT INTO albums (id) VALUES (?)", album);
              handle.execute(
                  "INSERT INTO pictures (album, number) SELECT ?, generate_series(1, ?)",
                  album,
                  pictures);
              return jobs.enqueueIn(handle, batch).jobId();
            });
  }

  /** Uploads an album of 20 pictures. */
  public static void main(String[] args) {
    try (Database database =
            Database.open(DatabaseUrl.parse(System.getenv("DATABASE_URL")), "albums", 4);
        Redis redis = Redis.open(RedisUrl.parse(System.getenv("REDIS_URL")), 4)) {
      Albums albums = new Albums(database, new QueueClient(database, redis, new ReadyJobs(redis)));
      System.out.println("batch " + albums.upload(1, 20) + " scales 20 pictures");
    }
  }
}
