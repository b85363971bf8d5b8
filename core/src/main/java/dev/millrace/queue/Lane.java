package dev.millrace.queue;

import dev.millrace.job.NewJob;

/** One kind in one queue: what a worker can choose to serve or leave alone. */
public record Lane(String queue, String kind) {
  /** Whether a job belongs to it. */
  boolean isOf(NewJob job) {
    return kind.equals(job.kind()) && queue.equals(job.queue());
  }
}
