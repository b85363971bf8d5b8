package dev.millrace.api.jobs;

import dev.millrace.api.access.Permission;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.request.Cursor;
import dev.millrace.api.request.JsonBody;
import dev.millrace.job.JobKind;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import dev.millrace.job.read.BulkJobs;
import dev.millrace.job.read.BulkJobs.Filter;
import dev.millrace.job.read.BulkJobs.Finished;
import dev.millrace.job.read.BulkJobs.Place;
import dev.millrace.job.read.BulkJobs.Preview;
import dev.millrace.job.read.Job;
import dev.millrace.job.read.JobFilter;
import dev.millrace.job.read.Jobs;
import dev.millrace.job.read.Page;
import dev.millrace.queue.JobControl;
import dev.millrace.queue.JobDeletion;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /api/admin/jobs/retry}, {@code …/cancel} and {@code …/purge}: many jobs by a filter,
 * at most 1,000 a call; with {@code dry_run} they are counted and stay as they are.
 */
public final class BulkRoutes {
  private static final Logger log = LoggerFactory.getLogger(BulkRoutes.class);
  private static final int MOST_JOBS = 1_000;
  private static final int MOST_SKIPPED = 100;

  /** Transactions of a call that delete something; each deletes at most 1,000 jobs. */
  private static final int MOST_STEPS = 20;

  /** After so long a call takes no further job. */
  private static final Duration LONGEST = Duration.ofSeconds(15);

  private static final List<String> FAILURES = List.of("failed", "cancelled");
  private static final List<String> UNFINISHED =
      List.of("scheduled", "queued", "processing", "waiting");
  private static final List<String> FINISHED = List.of("completed", "failed", "cancelled");
  private static final Set<String> FIELDS =
      Set.of("state", "kind", "queue", "older_than_seconds", "limit", "cursor", "dry_run");
  private static final Set<String> WITH_REASON =
      Set.of("state", "kind", "queue", "older_than_seconds", "limit", "dry_run", "reason");
  private static final Set<String> WITH_CURSOR_AND_REASON =
      Set.of(
          "state", "kind", "queue", "older_than_seconds", "limit", "cursor", "dry_run", "reason");

  private final Jdbi jdbi;
  private final BulkJobs bulk;
  private final Jobs jobs;
  private final JobControl control;
  private final Audit audit;

  public BulkRoutes(Jdbi jdbi, Jobs jobs, JobControl control, Audit audit) {
    this.jdbi = jdbi;
    this.bulk = new BulkJobs(jdbi);
    this.jobs = jobs;
    this.control = control;
    this.audit = audit;
  }

  public void addTo(RoutesConfig routes) {
    routes.post("/api/admin/jobs/retry", this::retry, Permission.RETRY_JOBS);
    routes.post("/api/admin/jobs/cancel", this::cancel, Permission.CANCEL_JOBS);
    routes.post("/api/admin/jobs/purge", this::purge, Permission.PURGE_JOBS);
  }

  /**
   * The answer to a dry run.
   *
   * @param complete false: there may be more than were counted
   * @param jobIds the first of them
   */
  record Counted(boolean dryRun, long count, boolean complete, List<String> jobIds) {
    static Counted of(Preview preview) {
      return new Counted(
          true,
          preview.count(),
          preview.complete(),
          preview.first().stream().map(id -> Long.toString(id)).toList());
    }
  }

  /** A job that a command has left as it is, and why. */
  record Skipped(String jobId, String code, String reason) {}

  /** Those that a command has left; an answer names the first. */
  private static final class Left {
    private final List<Skipped> named = new ArrayList<>();
    private int count;

    void add(long id, String code, String reason) {
      count++;
      if (named.size() < MOST_SKIPPED) {
        named.add(new Skipped(Long.toString(id), code, reason));
      }
    }
  }

  /** What a body asks for. */
  private record Asked(
      Filter filter, int limit, Optional<String> cursor, boolean dryRun, Optional<String> reason) {
    static Asked of(Context ctx, List<String> states, Set<String> fields) {
      JsonBody body = JsonBody.read(ctx, 16_384, fields);
      Filter filter =
          new Filter(
              body.oneOf("state", states).map(JobState::of),
              name(body, "kind", JobKind.NAME),
              name(body, "queue", NewJob.QUEUE),
              body.integer(
                  "older_than_seconds", 0, Integer.MAX_VALUE, "an integer from 0 to 2147483647"));
      OptionalInt limit = body.integer("limit", 1, MOST_JOBS, "an integer from 1 to " + MOST_JOBS);
      Optional<String> cursor = body.text("cursor", 100);
      boolean dryRun = body.bool("dry_run").orElse(false);
      Optional<String> reason = body.text("reason", 2_000);
      body.check();
      return new Asked(filter, limit.orElse(MOST_JOBS), cursor, dryRun, reason);
    }

    private static Optional<String> name(JsonBody body, String field, Pattern pattern) {
      Optional<String> name = body.text(field, 100);
      name.filter(text -> !pattern.matcher(text).matches())
          .ifPresent(
              text ->
                  body.refuse(field, field + " must match " + pattern + ", was '" + text + "'"));
      return name;
    }

    Command command(Context ctx, String action) {
      return new Command(
          action, filter.toString(), Optional.of(Command.requiredReason(ctx, reason)));
    }
  }

  /**
   * The answer to a retry of many.
   *
   * @param left could not be retried: a unique key is held, or a family is at work
   * @param more whether others may pass the filter
   * @param nextCursor continues after the jobs that were read; null: there are no more
   */
  record RetriedAll(
      int queued, int left, List<Skipped> skipped, boolean more, @Nullable String nextCursor) {}

  private void retry(Context ctx) {
    Asked asked = Asked.of(ctx, FAILURES, FIELDS);
    if (asked.dryRun()) {
      ctx.json(Counted.of(bulk.ofRetry(asked.filter())));
      return;
    }
    OffsetDateTime until = bulk.until(asked.filter());
    JobFilter filter =
        new JobFilter(
            asked.filter().state().or(() -> Optional.of(JobState.FAILED)),
            asked.filter().kind(),
            asked.filter().queue());
    OptionalLong before =
        asked
            .cursor()
            .map(text -> Cursor.read(text, filter.toString()))
            .orElse(OptionalLong.empty());
    Page<Job> page = jobs.list(filter, before, asked.limit());
    JobControl.Alongside recorded =
        each(audit.writer(ctx, Command.of("job.retry", asked.filter().toString())));
    Left left = new Left();
    int queued = 0;
    for (Job job : page.entries()) {
      if (job.finishedAt() != null && !job.finishedAt().isBefore(until.toInstant())) {
        continue; // younger than the filter says
      }
      switch (control.retry(job.id(), recorded)) {
        case QUEUED -> queued++;
        case UNIQUE_KEY_HELD ->
            left.add(job.id(), "unique_key_held", "another unfinished job has its unique key");
        case NOT_RETRYABLE ->
            left.add(
                job.id(),
                "not_retryable",
                "it has been retried meanwhile, its family is at work, it has had 1,000 attempts, or it is a batch");
      }
    }
    String next =
        page.next().isPresent() ? Cursor.after(page.next().getAsLong(), filter.toString()) : null;
    log.info("retry asked for {}: queued={} left={}", asked.filter(), queued, left.count);
    ctx.status(202).json(new RetriedAll(queued, left.count, left.named, next != null, next));
  }

  private static JobControl.Alongside each(Audit.Writer writer) {
    return (transaction, jobId) -> writer.on(Long.toString(jobId)).allowed(transaction, null, null);
  }

  /**
   * The answer to a cancel of many.
   *
   * @param cancelled have ended
   * @param cancelling wait for a worker, or for their children, to stop
   * @param left had ended by themselves
   * @param more whether to call again
   */
  record CancelledAll(
      int cancelled, int cancelling, int left, List<Skipped> skipped, boolean more) {}

  private void cancel(Context ctx) {
    Asked asked = Asked.of(ctx, UNFINISHED, WITH_REASON);
    if (asked.dryRun()) {
      ctx.json(Counted.of(bulk.ofCancel(asked.filter())));
      return;
    }
    JobControl.Alongside recorded = each(audit.writer(ctx, asked.command(ctx, "job.cancel")));
    long until = System.nanoTime() + LONGEST.toNanos();
    List<Long> ids = bulk.unfinished(asked.filter(), asked.limit());
    Left left = new Left();
    int cancelled = 0;
    int cancelling = 0;
    int read = 0;
    while (read < ids.size() && System.nanoTime() - until < 0) {
      long id = ids.get(read++);
      JobControl.Cancelled outcome = control.cancel(id, recorded);
      if (outcome == JobControl.Cancelled.NOTHING_TO_CANCEL) {
        Optional<JobState> state = jobs.find(id).map(Job::state);
        if (state.filter(JobState.CANCELLED::equals).isPresent()) {
          cancelled++; // with its parent
        } else {
          left.add(id, "ended", "it is " + state.map(JobState::text).orElse("gone") + " by now");
        }
      } else if (outcome == JobControl.Cancelled.AT_ONCE) {
        cancelled++;
      } else {
        cancelling++;
      }
    }
    boolean more = read < ids.size() || ids.size() == asked.limit();
    log.info(
        "cancel asked for {}: cancelled={} cancelling={} left={} more={}",
        asked.filter(),
        cancelled,
        cancelling,
        left.count,
        more);
    ctx.json(new CancelledAll(cancelled, cancelling, left.count, left.named, more));
  }

  /** Jobs that are gone, as the audit has them. */
  record Purged(List<String> jobIds) {}

  /**
   * The answer to a purge.
   *
   * @param purged jobs without a parent
   * @param children that went with them
   * @param left stay
   * @param nextCursor goes on behind those that were read; null: there are no more
   */
  record PurgedAll(
      int purged,
      int children,
      int left,
      List<Skipped> skipped,
      boolean more,
      @Nullable String nextCursor) {}

  private void purge(Context ctx) {
    Asked asked = Asked.of(ctx, FINISHED, WITH_CURSOR_AND_REASON);
    if (asked.dryRun()) {
      ctx.json(Counted.of(bulk.ofPurge(asked.filter())));
      return;
    }
    Audit.Writer writer = audit.writer(ctx, asked.command(ctx, "job.purge"));
    OffsetDateTime until = bulk.until(asked.filter());
    Place from = asked.cursor().map(text -> place(text, asked.filter())).orElse(Place.BEGINNING);
    BulkJobs.FinishedJobs page = bulk.finished(asked.filter(), from, until, asked.limit());
    List<Finished> roots = page.jobs().stream().filter(job -> job.parent().isEmpty()).toList();
    JobDeletion deletion =
        new JobDeletion(
            jdbi,
            until,
            MOST_STEPS,
            (transaction, gone) ->
                writer.allowed(
                    transaction,
                    new Purged(gone.stream().sorted().map(id -> Long.toString(id)).toList()),
                    null));
    boolean done = deletion.delete(roots.stream().map(Finished::root).toList());
    Left left = new Left();
    if (done) {
      page.jobs().forEach(job -> job.parent().ifPresent(parent -> child(left, job, parent)));
      bulk.kept(roots.stream().map(Finished::id).toList()).forEach(job -> kept(left, job));
    }
    Optional<Place> next = done ? page.next() : Optional.of(from);
    log.info(
        "purge asked for {}: purged={} children={} left={}",
        asked.filter(),
        deletion.jobs(),
        deletion.children(),
        left.count);
    ctx.json(
        new PurgedAll(
            deletion.jobs(),
            deletion.children(),
            left.count,
            left.named,
            next.isPresent(),
            next.map(place -> cursor(place, asked.filter())).orElse(null)));
  }

  private static void child(Left left, Finished job, long parent) {
    left.add(job.id(), "has_parent", "it goes with its parent, job " + parent);
  }

  private static void kept(Left left, BulkJobs.Kept job) {
    if (job.atWork()) {
      left.add(job.id(), "family_at_work", "it, or a job that has come of it, has not finished");
    } else {
      left.add(
          job.id(),
          "locked",
          "another transaction has locked it, or a job that has come of it finished too late for the filter");
    }
  }

  private static String cursor(Place place, Filter filter) {
    return Cursor.afterText(place.finishedAt() + " " + place.id(), filter.toString());
  }

  private static Place place(String cursor, Filter filter) {
    return Cursor.readPlace(
        cursor,
        filter.toString(),
        text -> {
          String[] parts = text.split(" ", 2);
          try {
            return new Place(OffsetDateTime.parse(parts[0]), Long.parseLong(parts[1]));
          } catch (java.time.DateTimeException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException(e);
          }
        });
  }
}
