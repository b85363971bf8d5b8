package dev.millrace.queue;

import dev.millrace.db.Sql;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * What the end of a job means to others: its background worker, its callback, its parent. Locks are
 * taken from children to parents.
 */
public final class Families {
  private static final String UNLOCKED = Sql.of(Families.class, "unlocked");
  private static final String CHILDREN_DONE = Sql.of(Families.class, "childrenDone");
  private static final String CALLBACKS = Sql.of(Families.class, "callbacks");

  private Families() {}

  /**
   * Those of some jobs whose rows, and whose parents' rows, no other transaction has locked; they
   * stay locked by this one until it ends.
   */
  public static Set<Long> unlocked(Handle handle, Collection<Long> jobIds) {
    return handle
        .createQuery(UNLOCKED)
        .bindArray("ids", Long.class, jobIds)
        .mapTo(Long.class)
        .set();
  }

  /** As {@link #ended(Handle, List)}, for one job. */
  static void ended(Handle handle, long jobId) {
    ended(handle, List.of(jobId));
  }

  /**
   * Notes that jobs have just finished: for their background workers, callbacks and parents, and
   * for the parents of those in turn.
   */
  public static void ended(Handle handle, List<Long> jobIds) {
    List<Long> finished = jobIds;
    while (!finished.isEmpty()) {
      BackgroundRuns.ended(handle, finished);
      handle.createUpdate(CALLBACKS).bindArray("ids", Long.class, finished).execute();
      finished =
          handle
              .createQuery(CHILDREN_DONE)
              .bindArray("ids", Long.class, finished)
              .mapTo(Long.class)
              .list();
    }
  }
}
