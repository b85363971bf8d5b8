package dev.millrace.schedule;

import dev.millrace.db.Sql;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import org.jdbi.v3.core.Handle;

/**
 * The names of the master sync, and its job. Scheduled, run by hand or asked for by API, a sync has
 * one unique key: there is one at a time.
 */
public final class MasterSync {
  public static final String KIND = "sync.master";
  public static final String BACKGROUND_WORKER = "master_sync";

  /** What the schedule's runs hold as well. */
  public static final String UNIQUE_KEY = "worker:" + BACKGROUND_WORKER;

  /** What to do when {@link #lacksSheet}. */
  public static final String NO_SHEET =
      "there is no master sheet to sync: set MASTER_SHEET_URL for the queue workers and start them again";

  private static final String LACKS_SHEET = Sql.of(MasterSync.class, "lacksSheet");
  private static final int PRIORITY = 1;

  private MasterSync() {}

  /**
   * Whether queue workers run, and none of them has {@code MASTER_SHEET_URL}. A worker without it
   * does not offer the kind.
   */
  public static boolean lacksSheet(Handle handle) {
    return handle.createQuery(LACKS_SHEET).mapTo(Boolean.class).one();
  }

  /** A sync that was asked for. */
  public static NewJob job(Trigger trigger) {
    return NewJob.of(KIND, "{}")
        .withPriority(PRIORITY)
        .withUniqueKey(UNIQUE_KEY)
        .forBackgroundWorker(BACKGROUND_WORKER)
        .triggeredBy(trigger);
  }
}
