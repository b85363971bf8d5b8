package dev.millrace.stats.job;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function that an attempt is to run.
 *
 * @param sqlName schema and name, quoted by Postgres: the only form that is ever put into a
 *     statement; null: there is no such function
 * @param oid 0: there is no such function
 * @param foreignOwner who owns it, when that is a role whose functions are not run with our rights
 */
record PlannedFunction(
    String function,
    @Nullable String sqlName,
    long oid,
    @Nullable String foreignOwner,
    List<String> cacheTags,
    Duration timeLimit) {
  PlannedFunction {
    cacheTags = List.copyOf(cacheTags);
  }
}
