package dev.millrace.job.read;

import dev.millrace.job.JobState;
import java.util.Optional;

/**
 * Which jobs a list holds; an empty field does not narrow it.
 *
 * @param more what no index serves, except that the children of a parent are found by one
 */
public record JobFilter(
    Optional<JobState> state, Optional<String> kind, Optional<String> queue, Narrowing more) {

  /** By what most lists are narrowed. */
  public JobFilter(Optional<JobState> state, Optional<String> kind, Optional<String> queue) {
    this(state, kind, queue, Narrowing.NONE);
  }
}
