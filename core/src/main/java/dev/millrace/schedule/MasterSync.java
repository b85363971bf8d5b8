package dev.millrace.schedule;

import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;

/**
 * The names of the master sync, and its job. Scheduled, run by hand or asked for by API, a sync has
 * one unique key: there is one at a time.
 */
public final class MasterSync {
  public static final String KIND = "sync.master";
  public static final String BACKGROUND_WORKER = "master_sync";

  /** What the schedule's runs hold as well. */
  public static final String UNIQUE_KEY = "worker:" + BACKGROUND_WORKER;

  private static final int PRIORITY = 1;

  private MasterSync() {}

  /** A sync that was asked for. */
  public static NewJob job(Trigger trigger) {
    return NewJob.of(KIND, "{}")
        .withPriority(PRIORITY)
        .withUniqueKey(UNIQUE_KEY)
        .forBackgroundWorker(BACKGROUND_WORKER)
        .triggeredBy(trigger);
  }
}
