package dev.millrace.mv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session of this database that waits for a lock.
 *
 * @param waitingSeconds since its statement began
 * @param blockedBy process ids
 * @param relation what it wants to lock; null: not a relation
 */
public record BlockedSession(
    int pid,
    @Nullable String user,
    @Nullable String application,
    @Nullable Double waitingSeconds,
    @Nullable String relation,
    @Nullable String query,
    List<Integer> blockedBy,
    List<Blocker> blockers) {
  public BlockedSession {
    blockedBy = List.copyOf(blockedBy);
    blockers = List.copyOf(blockers);
  }

  /** One that it waits for. */
  public record Blocker(
      int pid,
      @Nullable String user,
      @Nullable String application,
      @Nullable String state,
      @Nullable Double ageSeconds,
      @Nullable String query) {}
}
