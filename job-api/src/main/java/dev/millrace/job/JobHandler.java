package dev.millrace.job;

/**
 * The code of one kind. One instance serves all jobs of a process at once, so it must be
 * thread-safe.
 *
 * @param <P> the record that a payload is read into
 */
public interface JobHandler<P> {

  /**
   * The kind whose jobs it runs. Called at the start of a queue worker and for each attempt, from
   * several threads; the answer must always be the same. A process has one handler for a kind: a
   * second one keeps it from starting.
   *
   * @return the kind, with the rules that hold for its jobs
   */
  JobKind<P> kind();

  /**
   * Does the job. May run more than once for one job (a worker can die), so outside effects must
   * bear repetition; effects in Postgres made by {@link JobContext#inTransaction} are committed
   * only while this attempt is the newest.
   *
   * <p>When the attempt is to stop, its thread is interrupted as well. A handler that runs on for
   * 15 s after a cancel, its time-out or the loss of its job is given up: its result is ignored.
   *
   * @param payload what was enqueued; a payload that does not fit the record fails the job without
   *     a call
   * @param context of this attempt
   * @return what came of it
   * @throws UnretryableException when another attempt would fail as well
   * @throws RetryAfterException when the attempt failed and says itself when to try again
   * @throws Exception anything else: the attempt failed, and the job is retried while it has
   *     attempts left. The first 2,000 characters of the message are kept with the attempt
   */
  Outcome run(P payload, JobContext context) throws Exception;
}
