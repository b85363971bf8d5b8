package dev.millrace.mv;

import dev.millrace.db.Sql;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobClient;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import dev.millrace.json.Json;
import dev.millrace.mv.BlockedSession.Blocker;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the materialized views, and refreshes on request. Views are found under any
 * spelling of their names. Thread-safe.
 */
public final class Views {
  /** How many refreshes run at once over all queue workers, unless the program says otherwise. */
  public static final int REFRESHES_AT_ONCE = 3;

  private static final String ALL = Sql.of(Views.class, "all");
  private static final String KNOWN = Sql.of(Views.class, "known");
  private static final String REGISTERED = Sql.of(Views.class, "registered");
  private static final String SETTINGS = Sql.of(Views.class, "settings");
  private static final String RELATION = Sql.of(Views.class, "relation");
  private static final String READS = Sql.of(Views.class, "reads");
  private static final String WATCHES = Sql.of(Views.class, "watches");
  private static final String PROBLEMS = Sql.of(Views.class, "problems");
  private static final String HISTORY = Sql.of(Views.class, "history");
  private static final String BLOCKING = Sql.of(Views.class, "blocking");
  private static final String BLOCKERS = Sql.of(Views.class, "blockers");
  private static final String STATISTICS = Sql.of(Views.class, "statistics");
  private static final String GROUP = Sql.of(Views.class, "group");
  private static final String AGAIN = Sql.of(Views.class, "again");
  private static final String STRANGERS = Sql.of(Views.class, "strangers");
  private static final int HISTORY_LENGTH = 50;

  private final Jdbi jdbi;
  private final JobClient client;

  public Views(Jdbi jdbi, JobClient client) {
    this.jdbi = jdbi;
    this.client = client;
  }

  /** All registered views, by name. */
  public List<ViewStatus> all() {
    return jdbi.withHandle(handle -> statuses(handle, null));
  }

  /** Everything about one view; empty when it was never registered, requested or refreshed. */
  public Optional<ViewDetail> find(String name) {
    return jdbi.inTransaction(
        handle ->
            known(handle, name)
                .flatMap(
                    known ->
                        statuses(handle, known).stream()
                            .findFirst()
                            .map(status -> detail(handle, status))));
  }

  /** The rows of the registry about a view, as JSON; it does not wait for who has locked it. */
  public Optional<String> registered(String name) {
    return jdbi.withHandle(
        handle -> handle.createQuery(REGISTERED).bind("name", name).mapTo(String.class).findOne());
  }

  private static ViewDetail detail(Handle handle, ViewStatus status) {
    String name = status.viewName();
    return new ViewDetail(
        status,
        list(handle, SETTINGS, name, ViewDetail.Settings.class).get(0),
        list(handle, RELATION, name, ViewDetail.Relation.class).stream().findFirst().orElse(null),
        list(handle, READS, name, ViewDetail.Read.class),
        list(handle, WATCHES, name, ViewDetail.Watch.class),
        list(handle, PROBLEMS, name, ViewDetail.Problem.class),
        history(handle, name, HISTORY_LENGTH));
  }

  /**
   * The newest refreshes of a view first.
   *
   * @param most at least 1
   */
  public List<ViewDetail.Line> history(String name, int most) {
    return jdbi.withHandle(handle -> history(handle, known(handle, name).orElse(name), most));
  }

  /** What is wrong with a view, and what SQL would fix it; it need not be registered. */
  public List<ViewDetail.Problem> preflight(String name) {
    return jdbi.withHandle(handle -> list(handle, PROBLEMS, name, ViewDetail.Problem.class));
  }

  /** The sessions of this database that wait for a lock, and those that hold it. */
  public List<BlockedSession> blocking() {
    return jdbi.withHandle(
        handle ->
            handle.createQuery(BLOCKING).map(ConstructorMapper.of(Waiting.class)).list().stream()
                .map(waiting -> waiting.with(blockers(handle, waiting.blockedBy())))
                .toList());
  }

  /** A row of blocking.sql. */
  record Waiting(
      int pid,
      @Nullable String user,
      @Nullable String application,
      @Nullable Double waitingSeconds,
      @Nullable String relation,
      @Nullable String query,
      List<Integer> blockedBy) {
    BlockedSession with(List<Blocker> blockers) {
      return new BlockedSession(
          pid, user, application, waitingSeconds, relation, query, blockedBy, blockers);
    }
  }

  private static List<Blocker> blockers(Handle handle, List<Integer> pids) {
    return handle
        .createQuery(BLOCKERS)
        .bindArray("pids", Integer.class, pids)
        .map(ConstructorMapper.of(Blocker.class))
        .list();
  }

  /** The refreshes of the last day in sum. */
  public Statistics statistics() {
    return jdbi.withHandle(
        handle -> handle.createQuery(STATISTICS).map(ConstructorMapper.of(Statistics.class)).one());
  }

  /** Names that triggers ask for and that name no view; their requests wait for one. */
  public List<String> strangers() {
    return jdbi.withHandle(handle -> handle.createQuery(STRANGERS).mapTo(String.class).list());
  }

  /**
   * Enqueues a refresh of one view now, or answers with the one that is unfinished. When that has
   * begun, exactly one more follows it: what is committed at this moment will be in the view.
   *
   * @return empty when there is no such view
   */
  public Optional<Enqueued> refresh(String name, Trigger trigger) {
    return jdbi.withHandle(handle -> known(handle, name))
        .map(known -> enqueue(job(known).triggeredBy(trigger), List.of(known)));
  }

  /**
   * As {@link #refresh} for every view of a group in one job, upstream first.
   *
   * @return empty when no view is in the group
   */
  public Optional<Enqueued> refreshGroup(String group, Trigger trigger) {
    List<String> names =
        jdbi.withHandle(
            handle -> handle.createQuery(GROUP).bind("name", group).mapTo(String.class).list());
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            enqueue(
                NewJob.of("mv.refresh", Json.write(Map.of("views", names)))
                    .withUniqueKey("mv-group:" + group)
                    .triggeredBy(trigger),
                names));
  }

  private Enqueued enqueue(NewJob job, List<String> names) {
    return jdbi.inTransaction(
        handle -> {
          Enqueued enqueued = client.enqueueIn(handle, job);
          if (!enqueued.created()) {
            int unused =
                handle
                    .createUpdate(AGAIN)
                    .bind("job", enqueued.jobId())
                    .bindArray("names", String.class, names)
                    .execute();
          }
          return enqueued;
        });
  }

  /** The job that refreshes one registered view; at most one of a view is unfinished. */
  public static NewJob job(String viewName) {
    return NewJob.of("mv.refresh", Json.write(Map.of("views", List.of(viewName))))
        .withUniqueKey("mv:" + viewName)
        .withLockKey("mv:" + viewName);
  }

  private static Optional<String> known(Handle handle, String name) {
    return handle.createQuery(KNOWN).bind("name", name).mapTo(String.class).findOne();
  }

  private static List<ViewStatus> statuses(Handle handle, @Nullable String name) {
    return handle
        .createQuery(ALL)
        .bind("name", name)
        .map(ConstructorMapper.of(ViewStatus.class))
        .list();
  }

  private static List<ViewDetail.Line> history(Handle handle, String name, int most) {
    return handle
        .createQuery(HISTORY)
        .bind("name", name)
        .bind("most", most)
        .map(ConstructorMapper.of(ViewDetail.Line.class))
        .list();
  }

  private static <T> List<T> list(Handle handle, String sql, String name, Class<T> type) {
    return handle.createQuery(sql).bind("name", name).map(ConstructorMapper.of(type)).list();
  }
}
