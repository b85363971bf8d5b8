package dev.millrace.queue;

import dev.millrace.db.Sql;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Deletes finished jobs with all that belongs to them. A step is one transaction and deletes at
 * most {@link #BATCH} jobs, and at most {@link #MOST_LINES} log lines, attempts and requests each,
 * however large a family or a log is. Children go before their parents, and a parent goes when it
 * has none, so that a crash between two steps leaves a consistent state: the rest is found again
 * because its root is still there. For one thread.
 */
public final class JobDeletion {
  /** The most jobs that one transaction deletes. */
  public static final int BATCH = 1_000;

  private static final String LOCK_ROOTS = Sql.of(JobDeletion.class, "lockRoots");
  private static final String LOCK_CHILDREN = Sql.of(JobDeletion.class, "lockChildren");
  private static final String DELETE = Sql.of(JobDeletion.class, "delete");
  private static final List<String> BELONGINGS =
      List.of(
          Sql.of(JobDeletion.class, "logs"),
          Sql.of(JobDeletion.class, "attempts"),
          Sql.of(JobDeletion.class, "requests"));

  /** Of one table that belongs to jobs, in one transaction. */
  private static final int MOST_LINES = 10_000;

  private final Jdbi jdbi;
  private final OffsetDateTime until;
  private final Alongside alongside;
  private int stepsLeft;
  private int jobs;
  private int children;

  /** Writes something more in the transaction of a step. */
  public interface Alongside {
    /** Nothing more. */
    Alongside NOTHING = (transaction, gone) -> {};

    /**
     * Writes it.
     *
     * @param gone the jobs that the step has deleted, at least one
     */
    void write(Handle transaction, Set<Long> gone);
  }

  /**
   * Some steps.
   *
   * @param until only jobs that had finished before then
   * @param steps the most steps that delete anything
   */
  public JobDeletion(Jdbi jdbi, OffsetDateTime until, int steps, Alongside alongside) {
    this.jdbi = jdbi;
    this.until = until;
    this.stepsLeft = steps;
    this.alongside = alongside;
  }

  /** A job without a parent. */
  public record Root(long id, boolean hasChildren) {}

  /**
   * What one transaction did.
   *
   * @param left were locked and have children
   * @param unfinished more belongs to the jobs than one step deletes: none of them is gone yet
   */
  private record Step(int gone, List<Long> left, boolean unfinished) {
    boolean deleted() {
      return gone > 0 || unfinished;
    }

    boolean full() {
      return gone + left.size() == BATCH;
    }
  }

  /** Some jobs whose children are being deleted. */
  private static final class Parents {
    private final List<Long> ids;
    private int childrenAtLastDescent = -1;

    Parents(List<Long> ids) {
      this.ids = ids;
    }
  }

  /**
   * Deletes jobs, each after all its children. Those stay that another transaction has locked, that
   * were retried, or that have such a child.
   *
   * @param roots at most {@link #BATCH}
   * @return false when the steps were not enough: call again with the same jobs
   */
  public boolean delete(List<Root> roots) {
    List<Long> parents = new ArrayList<>();
    List<Long> childless = new ArrayList<>();
    roots.forEach(root -> (root.hasChildren() ? parents : childless).add(root.id()));
    return deleteRoots(childless) && deleteBelow(parents) && deleteRoots(parents);
  }

  /** How many jobs without a parent are gone. */
  public int jobs() {
    return jobs;
  }

  /** How many children are gone. */
  public int children() {
    return children;
  }

  private boolean deleteRoots(List<Long> ids) {
    boolean more = !ids.isEmpty();
    while (more) {
      if (stepsLeft == 0) {
        return false;
      }
      Step step = step(LOCK_ROOTS, ids);
      jobs += step.gone();
      more = step.unfinished();
    }
    return true;
  }

  /**
   * Depth first: a deleted job has no children. A loop instead of recursion, as generations are
   * unlimited.
   */
  private boolean deleteBelow(List<Long> roots) {
    Deque<Parents> line = new ArrayDeque<>();
    if (!roots.isEmpty()) {
      line.push(new Parents(roots));
    }
    while (!line.isEmpty()) {
      if (stepsLeft == 0) {
        return false;
      }
      Parents parents = line.getFirst();
      Step step = step(LOCK_CHILDREN, parents.ids);
      children += step.gone();
      boolean stuck = parents.childrenAtLastDescent == children;
      if (!step.left().isEmpty() && !stuck && !step.unfinished()) {
        parents.childrenAtLastDescent = children;
        line.push(new Parents(step.left()));
      } else if (!step.unfinished() && (stuck || !step.full())) {
        line.pop();
      }
    }
    return true;
  }

  private Step step(String lock, List<Long> ids) {
    Step step = jdbi.inTransaction(handle -> step(handle, lock, ids));
    if (step.deleted()) {
      stepsLeft--;
    }
    return step;
  }

  /** Locks first, so that what later statements read does not change until the commit. */
  private Step step(Handle handle, String lock, List<Long> ids) {
    List<Long> locked =
        handle
            .createQuery(lock)
            .bindArray("ids", Long.class, ids)
            .bind("until", until)
            .bind("most", BATCH)
            .mapTo(Long.class)
            .list();
    for (String belonging : BELONGINGS) {
      if (deleteSome(handle, belonging, locked) == MOST_LINES) {
        return new Step(0, List.of(), true);
      }
    }
    Set<Long> gone =
        new HashSet<>(
            handle
                .createQuery(DELETE)
                .bindArray("ids", Long.class, locked)
                .mapTo(Long.class)
                .list());
    if (!gone.isEmpty()) {
      alongside.write(handle, gone);
    }
    return new Step(gone.size(), locked.stream().filter(id -> !gone.contains(id)).toList(), false);
  }

  private static int deleteSome(Handle handle, String sql, List<Long> jobIds) {
    return jobIds.isEmpty()
        ? 0
        : handle
            .createUpdate(sql)
            .bindArray("ids", Long.class, jobIds)
            .bind("most", MOST_LINES)
            .execute();
  }
}
