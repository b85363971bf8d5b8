package dev.millrace.status;

import dev.millrace.db.Sql;
import dev.millrace.job.JobState;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Counts jobs by state, up to {@link JobCounts#CAP}. */
final class JobCounter {
  private static final String COUNT = Sql.of(JobCounter.class, "count");

  private JobCounter() {}

  private record Count(JobState state, long jobs, boolean more) {}

  static JobCounts count(Handle handle) {
    Map<JobState, Long> byState = new EnumMap<>(JobState.class);
    Set<JobState> atLeast = EnumSet.noneOf(JobState.class);
    handle
        .createQuery(COUNT)
        .bind("most", JobCounts.CAP + 1)
        .map(
            (row, context) ->
                new Count(JobState.of(row.getString(1)), row.getLong(2), row.getBoolean(3)))
        .forEach(
            count -> {
              byState.put(count.state(), Math.min(count.jobs(), JobCounts.CAP));
              if (count.more()) {
                atLeast.add(count.state());
              }
            });
    return new JobCounts(byState, atLeast);
  }
}
