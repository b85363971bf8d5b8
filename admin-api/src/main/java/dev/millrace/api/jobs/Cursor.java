package dev.millrace.api.jobs;

import dev.millrace.api.problem.Problems;
import dev.millrace.job.JobFilter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where a list of jobs goes on: opaque to clients, and good only for the filter it was made with.
 */
final class Cursor {
  private Cursor() {}

  static String after(long jobId, JobFilter filter) {
    String text = Long.toString(jobId, 36) + "." + mark(filter);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** The job after which the list goes on; a cursor that is not ours is a problem. */
  static OptionalLong read(String cursor, JobFilter filter) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
      int dot = text.indexOf('.');
      if (dot > 0 && text.substring(dot + 1).equals(mark(filter))) {
        return OptionalLong.of(Long.parseLong(text.substring(0, dot), 36));
      }
    } catch (IllegalArgumentException e) {
      // falls through to the one refusal below
    }
    throw Problems.badParameter(
        "cursor", cursor, List.of("the next_cursor of a list with the same filter"));
  }

  private static String mark(JobFilter filter) {
    return Integer.toString(filter.hashCode() & Integer.MAX_VALUE, 36);
  }
}
