package dev.millrace.job;

/**
 * The code of one kind. One instance serves all jobs of a process at once, so it must be
 * thread-safe.
 */
public interface JobHandler<P> {

  JobKind<P> kind();

  /**
   * Does the job. May run more than once for one job (a worker can die), so outside effects must
   * bear repetition; effects in Postgres made by {@link JobContext#inTransaction} are committed
   * only while this attempt is the newest.
   *
   * @return what came of it
   * @throws UnretryableException when another attempt would fail as well
   * @throws Exception anything else: the attempt failed, and the job is retried while it has
   *     attempts left
   */
  Outcome run(P payload, JobContext context) throws Exception;
}
