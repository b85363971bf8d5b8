package dev.millrace.mv;

import dev.millrace.job.JobHandler;
import java.time.Duration;
import java.util.List;

/** The handlers of this package, for the program that registers them. */
public final class MvHandlers {
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

  private MvHandlers() {}

  /** All of them. A process that shall keep away from views leaves them out. */
  public static List<JobHandler<?>> all() {
    return List.of(new RefreshHandler(new ViewRefresh(LOCK_TIMEOUT)));
  }
}
