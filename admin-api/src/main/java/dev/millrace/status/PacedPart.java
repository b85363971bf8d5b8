package dev.millrace.status;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import dev.millrace.queue.ScanPace;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A part of the status that is read at every look as long as that is cheap. While a transaction of
 * anybody holds an old snapshot, reading it takes longer with every job that ends; then what was
 * read last stands for a time in proportion to the cost. When it takes longer than a snapshot may
 * wait, it is read in the background instead. Thread-safe.
 */
final class PacedPart<T> {
  private static final Logger log = LoggerFactory.getLogger(PacedPart.class);
  private static final String SEES = Sql.of(PacedPart.class, "sees");

  /** Far beyond what a part takes when nothing stands in its way. */
  private static final Duration CHEAP = Duration.ofMillis(40);

  /** Reading a part takes four per cent of the time, at the most. */
  private static final int REST = 25;

  /** What was read longer ago than this is called old: far longer than a snapshot is shared. */
  private static final Duration OLD = Duration.ofSeconds(10);

  private static final String SAVEPOINT = "paced";

  private final String name;
  private final Jdbi jdbi;
  private final Executor apart;
  private final ScanPace pace;
  private final Limits limits;
  private Optional<T> last = Optional.empty();
  private long readAt;
  private @Nullable TransactionSnapshot readIn;

  /** What reading took the time before: a process that has just started is slow once. */
  private Duration before = Duration.ZERO;

  private boolean slow;
  private boolean reading;

  /**
   * How long Postgres may take.
   *
   * @param inLook while a snapshot waits for it
   * @param apart in the background
   */
  record Limits(Duration inLook, Duration apart) {
    private static final Limits DEFAULT = new Limits(Duration.ofMillis(500), Duration.ofSeconds(7));
  }

  PacedPart(String name, Jdbi jdbi, Executor apart) {
    this(name, jdbi, apart, new ScanPace(CHEAP, REST), Limits.DEFAULT);
  }

  /** For tests. */
  PacedPart(String name, Jdbi jdbi, Executor apart, ScanPace pace, Limits limits) {
    this.name = name;
    this.jdbi = jdbi;
    this.apart = apart;
    this.pace = pace;
    this.limits = limits;
  }

  String name() {
    return name;
  }

  /** Whether what is shown was read some time ago. */
  synchronized boolean isOld() {
    return last.isPresent() && System.nanoTime() - readAt > OLD.toNanos();
  }

  /** What the part was read in last; empty: it was never read. */
  synchronized Optional<TransactionSnapshot> readIn() {
    return Optional.ofNullable(readIn);
  }

  /**
   * Reads the part in the transaction of a snapshot, or answers with what was read last.
   *
   * @param sees what that transaction sees
   * @param how called with another transaction when that is to be done in the background
   * @throws TooSlowException when it takes too long and was never read
   */
  synchronized T read(Handle handle, TransactionSnapshot sees, Function<Handle, T> how) {
    if (pace.due() && !reading) {
      if (slow || !readIn(handle, sees, how)) {
        slow = true;
        readLater(how);
      }
    }
    return last.orElseThrow(TooSlowException::new);
  }

  private void readLater(Function<Handle, T> how) {
    reading = true;
    try {
      apart.execute(() -> readApart(how));
    } catch (RuntimeException | Error e) { // no thread could be had
      reading = false;
      throw e;
    }
  }

  private boolean readIn(Handle handle, TransactionSnapshot sees, Function<Handle, T> how) {
    long begun = System.nanoTime();
    handle.savepoint(SAVEPOINT);
    try {
      limit(handle, limits.inLook());
      noteRead(how.apply(handle), sees, begun);
      return true;
    } catch (JdbiException e) {
      if (!SqlStates.isStatementTimeout(e)) {
        throw e;
      }
      before = limits.inLook();
      return false;
    } finally {
      handle.rollbackToSavepoint(SAVEPOINT); // all that it takes back is the limit
    }
  }

  private void readApart(Function<Handle, T> how) {
    long begun = System.nanoTime();
    boolean done = false;
    try {
      jdbi.useTransaction(
          TransactionIsolationLevel.REPEATABLE_READ,
          handle -> {
            limit(handle, limits.apart());
            TransactionSnapshot sees =
                TransactionSnapshot.ofPostgres(handle.createQuery(SEES).mapTo(String.class).one());
            noteRead(how.apply(handle), sees, begun);
          });
      done = true;
    } catch (RuntimeException e) {
      log.warn(
          "{} of the status could not be read in {} ms and stays as it was read last: {}",
          name,
          since(begun).toMillis(),
          e.getMessage());
    } finally {
      if (!done) { // also after an Error, or the part would never be read again
        noteFailed(begun);
      }
    }
  }

  private synchronized void noteRead(T read, TransactionSnapshot sees, long begun) {
    last = Optional.of(read);
    readIn = sees;
    readAt = System.nanoTime();
    Duration took = since(begun);
    pace.took(took.compareTo(before) < 0 ? took : before);
    before = took;
    slow = took.compareTo(limits.inLook().dividedBy(2)) > 0;
    reading = false;
  }

  private synchronized void noteFailed(long begun) {
    pace.took(since(begun));
    reading = false;
  }

  private static void limit(Handle handle, Duration most) {
    handle.execute("SET LOCAL statement_timeout = " + most.toMillis());
  }

  private static Duration since(long begun) {
    return Duration.ofNanos(System.nanoTime() - begun);
  }
}
