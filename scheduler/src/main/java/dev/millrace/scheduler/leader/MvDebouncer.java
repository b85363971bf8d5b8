package dev.millrace.scheduler.leader;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import dev.millrace.job.Enqueued;
import dev.millrace.mv.Views;
import dev.millrace.queue.QueueClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's duty that turns requests into refreshes. Harmless when two leaders do it at once.
 * Not thread-safe: one thread calls {@link #run}.
 */
public final class MvDebouncer {
  private static final Logger log = LoggerFactory.getLogger(MvDebouncer.class);
  private static final String RESOLVE = "SELECT millrace.resolve_views(?)";
  private static final String ASK_FOR_EMPTY = Sql.of(MvDebouncer.class, "askForEmpty");
  private static final String REPAIR = "SELECT millrace.repair_watches()";
  private static final String TIDY = "SELECT millrace.drop_unused_change_seqs()";
  private static final String POLL = "SELECT millrace.poll_counters()";
  private static final String FIND_UNKNOWN = "SELECT millrace.find_unknown_requests()";
  private static final String ADOPT = "SELECT millrace.normalise_requests()";
  static final String MERGE = Sql.of(MvDebouncer.class, "merge");
  private static final String ENQUEUE_DUE = Sql.of(MvDebouncer.class, "enqueueDue");
  private static final String CANDIDATES = Sql.of(MvDebouncer.class, "candidates");
  private static final String BRIEFLY = "SET LOCAL lock_timeout = '250ms'";
  private static final String AT_ONCE_OR_NOT = "SET LOCAL lock_timeout = '20ms'";
  private static final Duration NAMES = Duration.ofSeconds(10);
  private static final Duration EDGES = Duration.ofSeconds(60);
  private static final Duration UNUSED_SEQUENCES = Duration.ofSeconds(60);

  private final Jdbi jdbi;
  private final QueueClient client;
  private final int atOnce;
  private final Every names = new Every(NAMES);
  private final Every edges = new Every(EDGES);
  private final Every unusedSequences = new Every(UNUSED_SEQUENCES);
  private Set<String> told = Set.of();
  private String notShown = "";

  /**
   * A debouncer over one installation.
   *
   * @param atOnce how many refreshes run at once over all queue workers, at least 1
   */
  public MvDebouncer(Jdbi jdbi, QueueClient client, int atOnce) {
    this.jdbi = jdbi;
    this.client = client;
    this.atOnce = atOnce;
  }

  /** A row of enqueueDue.sql. */
  record Due(String viewName, long jobId, boolean created) {}

  /**
   * One step, to be taken about once a second: reads sequences, counters and requests, and enqueues
   * a refresh of each view that is due. What waits for a lock of another session is left for the
   * next step and does not keep the rest.
   *
   * @return how many were enqueued
   */
  public int run() {
    List<Due> due = jdbi.withHandle(this::step);
    client.announceAll(
        due.stream().map(each -> Views.job(each.viewName())).toList(),
        due.stream().map(each -> new Enqueued(each.jobId(), each.created())).toList());
    List<String> begun = due.stream().filter(Due::created).map(Due::viewName).toList();
    if (!begun.isEmpty()) {
      log.info("Processing queue... {} views are due: {}", begun.size(), String.join(", ", begun));
    }
    return due.size();
  }

  private List<Due> step(Handle handle) {
    if (names.due()) {
      unlessLocked(handle, () -> handle.select(RESOLVE, edges.due()).mapTo(String.class).findOne());
      unlessLocked(handle, () -> handle.execute(ASK_FOR_EMPTY));
      unlessLocked(handle, () -> repairWatches(handle));
      unlessLocked(handle, () -> handle.select(FIND_UNKNOWN).mapTo(String.class).findOne());
    }
    if (unusedSequences.due()) {
      unlessLocked(handle, () -> handle.select(TIDY).mapTo(String.class).findOne());
    }
    unlessLocked(handle, () -> handle.select(POLL).mapTo(Long.class).one());
    unlessLocked(handle, () -> RequestQueue.adopt(handle));
    unlessLocked(handle, () -> handle.select(ADOPT).mapTo(String.class).findOne());
    unlessLocked(handle, () -> handle.select(MERGE).mapTo(Long.class).one());
    show(handle, () -> RequestQueue.deleteServed(handle));
    show(handle, () -> RequestQueue.show(handle));
    return enqueueDue(handle);
  }

  /** What is only shown waits for nothing, and its failure delays no refresh. */
  private void show(Handle handle, Supplier<Integer> part) {
    try {
      unlessLocked(
          handle,
          () -> {
            handle.execute(AT_ONCE_OR_NOT);
            return part.get();
          });
    } catch (JdbiException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      if (!reason.equals(notShown)) {
        log.warn("mv_refresh_queue does not show what is asked for: {}", reason);
      }
      notShown = reason;
    }
  }

  /** Says each problem once, and again when it is another one. */
  private List<String> repairWatches(Handle handle) {
    List<String> problems = handle.select(REPAIR).mapTo(String.class).list();
    problems.stream()
        .filter(problem -> !told.contains(problem))
        .forEach(problem -> log.warn("{}; tried again every {} s", problem, NAMES.toSeconds()));
    told = Set.copyOf(problems);
    return problems;
  }

  /** All that are due in one statement; if one of them is locked, each of the others alone. */
  private List<Due> enqueueDue(Handle handle) {
    Optional<List<Due>> together = unlessLocked(handle, () -> enqueueDue(handle, null));
    if (together.isPresent()) {
      return together.get();
    }
    List<Due> enqueued = new ArrayList<>();
    for (String view : handle.createQuery(CANDIDATES).mapTo(String.class).list()) {
      unlessLocked(handle, () -> enqueueDue(handle, view)).ifPresent(enqueued::addAll);
    }
    return enqueued;
  }

  /** Null: all that are due. */
  private List<Due> enqueueDue(Handle handle, @Nullable String only) {
    return handle
        .createQuery(ENQUEUE_DUE)
        .bind("atOnce", atOnce)
        .bind("only", only)
        .map(ConstructorMapper.of(Due.class))
        .list();
  }

  /** Does one part of the step in its own transaction; empty when it would wait for a lock. */
  private static <T> Optional<T> unlessLocked(Handle handle, Supplier<T> part) {
    try {
      return Optional.of(
          handle.inTransaction(
              transaction -> {
                transaction.execute(BRIEFLY);
                return part.get();
              }));
    } catch (JdbiException e) {
      if (!SqlStates.isLockTimeout(e)) {
        throw e;
      }
      log.debug("a part of the step is left for the next one", e);
      return Optional.empty();
    }
  }

  /** Says now and then that it is time. */
  private static final class Every {
    private final Duration period;
    private long last;

    Every(Duration period) {
      this.period = period;
      this.last = System.nanoTime() - period.toNanos();
    }

    boolean due() {
      long now = System.nanoTime();
      if (now - last < period.toNanos()) {
        return false;
      }
      last = now;
      return true;
    }
  }
}
