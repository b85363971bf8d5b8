package dev.millrace.scheduler;

import dev.millrace.MillraceException;
import dev.millrace.db.Sql;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/**
 * Brings rows of {@code background_job_status} up to date that another transaction had locked when
 * their job changed. Thread-safe.
 */
final class StatsJobRows {
  private static final String SHOW = Sql.of(StatsJobRows.class, "show");
  private static final String LOCKED = "its row is locked";
  private static final int MOST = 200;

  private final Jdbi jdbi;

  StatsJobRows(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Shows up to {@value #MOST} jobs. One that cannot be shown is tried again in the next call.
   *
   * @throws MillraceException when a row cannot be written for another reason than a lock
   */
  void show() {
    List<String> problems =
        jdbi.withHandle(
            handle -> handle.createQuery(SHOW).bind("most", MOST).mapTo(String.class).list());
    List<String> faults = problems.stream().filter(problem -> !problem.endsWith(LOCKED)).toList();
    if (!faults.isEmpty()) {
      throw new MillraceException(
          faults.size()
              + " stats jobs run and are not shown in background_job_status; the first: "
              + faults.get(0));
    }
  }
}
