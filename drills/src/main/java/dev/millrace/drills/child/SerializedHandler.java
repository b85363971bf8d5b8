package dev.millrace.drills.child;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import java.io.ByteArrayInputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.util.Base64;

/** Does what a careless library would do with a value of others: reads an object from it. */
public final class SerializedHandler implements JobHandler<SerializedHandler.Payload> {
  public static final JobKind<Payload> KIND =
      JobKind.of("drill.serialized", Payload.class).withMaxAttempts(1);

  /** The bytes of an object, in Base64. */
  public record Payload(String object) {}

  /**
   * What became of it.
   *
   * @param read the class of the object, or "refused"
   */
  public record Result(String read) {}

  @Override
  public JobKind<Payload> kind() {
    return KIND;
  }

  @Override
  public Outcome run(Payload payload, JobContext context) throws Exception {
    byte[] bytes = Base64.getDecoder().decode(payload.object());
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return Outcome.done(new Result(in.readObject().getClass().getName()));
    } catch (InvalidClassException e) {
      return Outcome.done(new Result("refused"));
    }
  }
}
