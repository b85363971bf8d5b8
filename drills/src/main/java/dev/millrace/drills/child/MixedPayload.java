package dev.millrace.drills.child;

/**
 * What a job of the mixed drills goes through before it ends. Every attempt writes its effect; the
 * plan is followed by the number of effects that earlier attempts have committed.
 *
 * @param number of the request; unique in a drill for jobs that the drill's client enqueues
 * @param millis of work inside the fenced transaction
 * @param failures attempts that throw before one succeeds
 * @param snoozes attempts after those that ask to be run again later
 * @param spawned children that the last attempt enqueues in SQL, in its own transaction
 * @param children that the last attempt answers with, to be waited for
 * @param fails whether every attempt throws, so that the job has to end as failed
 */
public record MixedPayload(
    long number, int millis, int failures, int snoozes, int spawned, int children, boolean fails) {

  /** Works for so long, and completes. */
  public static MixedPayload plain(long number, int millis) {
    return new MixedPayload(number, millis, 0, 0, 0, 0, false);
  }

  /** Throws at every attempt. */
  public static MixedPayload failing(long number) {
    return new MixedPayload(number, 0, 0, 0, 0, 0, true);
  }
}
