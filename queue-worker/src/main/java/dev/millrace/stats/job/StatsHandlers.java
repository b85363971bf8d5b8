package dev.millrace.stats.job;

import dev.millrace.http.HostPauses;
import dev.millrace.job.JobHandler;
import dev.millrace.stats.Event;
import dev.millrace.stats.StatsSettings;
import dev.millrace.worker.BuiltIn;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The handlers of this package, for the program that registers them. */
public final class StatsHandlers {
  private static final Logger log = LoggerFactory.getLogger(StatsHandlers.class);

  private StatsHandlers() {}

  /** Both handlers; the server of the cache can ask for a pause of up to 5 min. */
  public static List<JobHandler<?>> all(Jdbi jdbi, StatsSettings settings) {
    return all(jdbi, settings, HostPauses.LONGEST);
  }

  /**
   * * Both handlers.
   *
   * @param jdbi with some connections more than {@link StatsSettings#parallel}, so that other jobs
   *     run meanwhile
   * @param maxRetryAfter the longest pause that the server of the cache can ask for
   */
  public static List<JobHandler<?>> all(Jdbi jdbi, StatsSettings settings, Duration maxRetryAfter) {
    Event.of("stats handlers ready")
        .with("parallel", settings.parallel())
        .with("cache", settings.cacheInvalidation().map(URI::getHost).orElse("not set"))
        .with("legacy", settings.legacy().map(URI::getHost).orElse("not set"))
        .log(log, Level.INFO);
    return BuiltIn.all(
        new UpdateStats(jdbi, settings), new InvalidateCache(settings, maxRetryAfter));
  }
}
