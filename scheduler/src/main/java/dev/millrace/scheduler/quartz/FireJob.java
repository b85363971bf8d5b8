package dev.millrace.scheduler.quartz;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Quartz runs: hands the tick on. Public, and named in Quartz's tables, so its name stays. It
 * asks for recovery: when a node dies with it, another runs it again for the same moment.
 */
public final class FireJob implements Job {
  private static final Logger log = LoggerFactory.getLogger(FireJob.class);

  private final TickListener listener;

  FireJob(TickListener listener) {
    this.listener = listener;
  }

  @Override
  public void execute(JobExecutionContext context) {
    String workerName = context.getJobDetail().getKey().getName();
    Instant tick = dueAt(context);
    try {
      listener.tick(workerName, tick);
    } catch (RuntimeException e) {
      log.warn(
          "the fire of {} at {} failed ({}); the back-fill settles its slot",
          workerName,
          tick,
          e.getMessage());
    }
  }

  /** A recovered fire has a trigger of its own, which carries the moment of the lost one. */
  private static Instant dueAt(JobExecutionContext context) {
    Instant due =
        context.isRecovering()
            ? Instant.ofEpochMilli(
                context
                    .getMergedJobDataMap()
                    .getLongValue(
                        Scheduler.FAILED_JOB_ORIGINAL_TRIGGER_SCHEDULED_FIRETIME_IN_MILLISECONDS))
            : context.getScheduledFireTime().toInstant();
    return due.truncatedTo(ChronoUnit.SECONDS);
  }
}
