package dev.millrace.bench.measure;

/**
 * How much is measured.
 *
 * @param jobs of a drain and of a bulk enqueue
 * @param pings jobs of which the pick-up is measured
 * @param lived jobs that a process has seen when its pick-ups are measured again
 * @param deepest queued jobs of the flatness measurement; ten times as many have finished
 */
public record Scale(int jobs, int pings, int lived, int deepest) {
  public static final Scale FULL = new Scale(50_000, 300, 5_000, 1_000_000);
  public static final Scale QUICK = new Scale(4_000, 40, 100, 10_000);
}
