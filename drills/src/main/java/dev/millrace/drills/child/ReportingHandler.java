package dev.millrace.drills.child;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.job.StaleFenceException;

/** Tells the drill when a commit of another handler was refused. */
final class ReportingHandler<P> implements JobHandler<P> {
  private final JobHandler<P> handler;

  ReportingHandler(JobHandler<P> handler) {
    this.handler = handler;
  }

  @Override
  public JobKind<P> kind() {
    return handler.kind();
  }

  @Override
  public Outcome run(P payload, JobContext context) throws Exception {
    try {
      return handler.run(payload, context);
    } catch (StaleFenceException e) {
      ChildEvent.COMMIT_REFUSED.report();
      throw e;
    }
  }
}
