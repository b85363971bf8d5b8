package example.album;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;

/** Publishes an album with the pictures that were scaled. */
public final class PublishAlbum implements JobHandler<PublishAlbum.Payload> {
  /** The album's id. */
  public record Payload(long album) {}

  static final JobKind<Payload> KIND = JobKind.of("album.publish", Payload.class);

  @Override
  public JobKind<Payload> kind() {
    return KIND;
  }

  @Override
  public Outcome run(Payload payload, JobContext context) {
    context.inTransaction(
        handle ->
            handle.execute(
                """
                UPDATE albums SET published = (SELECT count(*) FROM pictures WHERE album = albums.id AND scaled)
                WHERE id = ?
                """,
                payload.album()));
    return Outcome.done();
  }
}
