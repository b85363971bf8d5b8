package dev.millrace.mv.job;

import dev.millrace.job.JobHandler;
import dev.millrace.mv.Views;
import dev.millrace.worker.BuiltIn;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/**
 * The handlers of this package, for the program that registers them. A process that must not
 * refresh views leaves them out: its queue worker then claims none of their jobs.
 */
public final class MvHandlers {
  private MvHandlers() {}

  /** All of them. */
  public static List<JobHandler<?>> all(Jdbi jdbi) {
    return all(jdbi, Views.REFRESHES_AT_ONCE);
  }

  /** All of them, with a log of their own. */
  public static List<JobHandler<?>> all(Jdbi jdbi, int atOnce) {
    return all(jdbi, atOnce, new RefreshLog());
  }

  /**
   * All of them.
   *
   * @param atOnce how many refreshes run at once over all processes, at least 1
   * @param log what is said of them
   */
  public static List<JobHandler<?>> all(Jdbi jdbi, int atOnce, RefreshLog log) {
    log.started(atOnce);
    return BuiltIn.all(new RefreshHandler(new ViewRefresh(atOnce), new Vacuum(jdbi), log));
  }
}
