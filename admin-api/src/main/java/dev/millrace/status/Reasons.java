package dev.millrace.status;

import dev.millrace.db.Sql;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * Why a job, a view or a background worker is where it is: the functions {@code millrace.why_*},
 * which read single rows and count up to a bound. Thread-safe.
 */
public final class Reasons {
  private static final String JOB = Sql.of(Reasons.class, "job");
  private static final String VIEW = Sql.of(Reasons.class, "view");
  private static final String WORKER = Sql.of(Reasons.class, "worker");

  private final Jdbi jdbi;

  public Reasons(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * One reason.
   *
   * @param code for programs, such as {@code lock_held}
   * @param message a sentence without its point
   * @param until when the reason ends by itself; null: it does not
   * @param about {@code job}, {@code view}, {@code worker} or {@code pause}, of which {@code
   *     subject} is the id or name; null: the reason names none of these
   */
  public record Reason(
      String code,
      String message,
      @Nullable Instant until,
      @Nullable String about,
      @Nullable String subject) {}

  /**
   * The reasons at a moment.
   *
   * @param asOf by the database's clock
   * @param reasons what holds first comes first; at least one
   */
  public record Explained(Instant asOf, List<Reason> reasons) {
    public Explained {
      reasons = List.copyOf(reasons);
    }
  }

  /** The reasons for the state of a job; empty: there is no such job. */
  public Optional<Explained> ofJob(long id) {
    return read(JOB, id);
  }

  /** The reasons for the state of a view, under any spelling; empty: no such view is registered. */
  public Optional<Explained> ofView(String name) {
    return read(VIEW, name);
  }

  /** The reasons for the state of a background worker; empty: there is no such worker. */
  public Optional<Explained> ofWorker(String name) {
    return read(WORKER, name);
  }

  private Optional<Explained> read(String sql, Object subject) {
    return jdbi.inTransaction(handle -> explained(handle, sql, subject));
  }

  private static Optional<Explained> explained(Handle handle, String sql, Object subject) {
    handle.execute(StatusReader.LIMITS);
    Instant asOf = handle.createQuery(StatusReader.NOW).mapTo(Instant.class).one();
    List<Reason> reasons =
        handle
            .createQuery(sql)
            .bind("subject", subject)
            .map(ConstructorMapper.of(Reason.class))
            .list();
    return reasons.isEmpty() ? Optional.empty() : Optional.of(new Explained(asOf, reasons));
  }
}
