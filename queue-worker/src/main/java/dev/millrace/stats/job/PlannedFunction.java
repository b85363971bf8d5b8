package dev.millrace.stats.job;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function that an attempt runs.
 *
 * @param sqlName schema and name, quoted by Postgres: the only form that statements contain; null:
 *     there is no such function
 * @param oid 0: there is no such function
 * @param foreignOwner its owner, if that is a role whose functions do not run with our rights
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
