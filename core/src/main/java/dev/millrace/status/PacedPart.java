package dev.millrace.status;

import dev.millrace.db.SqlStates;
import dev.millrace.queue.LookPace;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * A part of the status that is read at every look as long as that is cheap. While a transaction of
 * anybody holds an old snapshot, reading it takes longer with every job that ends; then what was
 * read last stands for a time in proportion to the cost. Thread-safe.
 */
final class PacedPart<T> {
  /** Far beyond what a part takes when nothing stands in its way. */
  private static final Duration CHEAP = Duration.ofMillis(100);

  private static final Duration MOST = Duration.ofSeconds(1);
  private static final String SAVEPOINT = "paced";

  private final LookPace pace;
  private final Duration most;
  private Optional<T> last = Optional.empty();

  PacedPart() {
    this(new LookPace(CHEAP), MOST);
  }

  /** For tests. */
  PacedPart(LookPace pace, Duration most) {
    this.pace = pace;
    this.most = most;
  }

  /**
   * Reads the part in the transaction of a look, or answers with what was read last.
   *
   * @throws TooSlowException when it takes too long and was never read
   */
  synchronized T read(Handle handle, Function<Handle, T> reading) {
    if (!pace.due()) {
      return last.orElseThrow(TooSlowException::new);
    }
    long begun = System.nanoTime();
    handle.savepoint(SAVEPOINT);
    try {
      handle.execute("SET LOCAL statement_timeout = " + most.toMillis());
      T read = reading.apply(handle);
      last = Optional.of(read);
      boolean unused = pace.took(Duration.ofNanos(System.nanoTime() - begun));
      return read;
    } catch (JdbiException e) {
      if (!SqlStates.isStatementTimeout(e)) {
        throw e;
      }
      boolean unused = pace.took(most);
      return last.orElseThrow(TooSlowException::new);
    } finally {
      handle.rollbackToSavepoint(SAVEPOINT); // all that it takes back is the limit
    }
  }
}
