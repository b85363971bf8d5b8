package example.album;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.job.UnretryableException;

/** Scales one picture; many run at once. */
public final class ScalePicture implements JobHandler<ScalePicture.Payload> {
  /** A picture of an album, from 1. */
  public record Payload(long album, int number) {}

  static final JobKind<Payload> KIND = JobKind.of("picture.scale", Payload.class);

  @Override
  public JobKind<Payload> kind() {
    return KIND;
  }

  @Override
  public Outcome run(Payload picture, JobContext context) {
    int scaled =
        context.inTransaction(
            handle ->
                handle.execute(
                    "UPDATE pictures SET scaled = true WHERE album = ? AND number = ?",
                    picture.album(),
                    picture.number()));
    if (scaled == 0) {
      throw new UnretryableException(
          "album " + picture.album() + " has no picture " + picture.number());
    }
    return Outcome.done();
  }
}
