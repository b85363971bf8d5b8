package dev.millrace.api.jobs;

import dev.millrace.api.access.Permission;
import dev.millrace.api.access.Principal;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.IdempotencyKeys;
import dev.millrace.api.request.IdempotencyKeys.Answer;
import dev.millrace.api.request.JsonBody;
import dev.millrace.api.request.Reply;
import dev.millrace.db.RefusedException;
import dev.millrace.job.Batch;
import dev.millrace.job.Enqueued;
import dev.millrace.job.EnqueuedBatch;
import dev.millrace.job.JobClient;
import dev.millrace.job.NewJob;
import dev.millrace.job.OnChildFailure;
import dev.millrace.job.read.Job;
import dev.millrace.job.read.Jobs;
import dev.millrace.job.read.Kinds;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /api/admin/jobs} and {@code POST /api/admin/jobs/bulk}. */
public final class EnqueueRoutes {
  private static final Logger log = LoggerFactory.getLogger(EnqueueRoutes.class);
  private static final int MOST_JOBS = 10_000;
  private static final int MOST_BYTES = 32 * 1024 * 1024;
  private static final List<String> POLICIES = List.of("continue", "fail");

  private final Jobs jobs;
  private final Kinds kinds;
  private final JobClient client;
  private final IdempotencyKeys keys;
  private final Audit audit;

  public EnqueueRoutes(
      Jobs jobs, Kinds kinds, JobClient client, IdempotencyKeys keys, Audit audit) {
    this.audit = audit;
    this.jobs = jobs;
    this.kinds = kinds;
    this.client = client;
    this.keys = keys;
  }

  public void addTo(RoutesConfig routes) {
    routes.post("/api/admin/jobs", this::one, Permission.ENQUEUE);
    routes.post("/api/admin/jobs/bulk", this::bulk, Permission.ENQUEUE);
  }

  /**
   * One job that was asked for.
   *
   * @param created false: the job that has the unique key already
   */
  record One(String jobId, String status, boolean created) {}

  /**
   * Many that were.
   *
   * @param batchId the parent that waits for them; null when none was asked for
   */
  record Many(@Nullable String batchId, List<Member> jobs) {
    Many {
      jobs = List.copyOf(jobs);
    }
  }

  /** See {@link One}. */
  record Member(String jobId, boolean created) {
    static Member of(Enqueued enqueued) {
      return new Member(Long.toString(enqueued.jobId()), enqueued.created());
    }
  }

  private void one(Context ctx) {
    JsonBody body = JsonBody.read(ctx, EnqueueRequest.MOST_BYTES, EnqueueRequest.FIELDS);
    NewJob job = new EnqueueRequest(kinds.all()).job(body);
    body.check();
    Audit.Writer writer = writer(ctx, job.kind(), List.of(job));
    List<Enqueued> created = new ArrayList<>(1);
    Answer answer =
        answer(
            ctx,
            new Asked(body, writer),
            RefusedException::field,
            handle -> {
              Enqueued enqueued = client.enqueueIn(handle, job);
              if (!enqueued.created() && isPlain(job)) {
                throw keyHeld(jobs, job.uniqueKey().orElse(""), enqueued.jobId());
              }
              writer.allowed(
                  handle,
                  null,
                  new Recorded(Long.toString(enqueued.jobId()), job.queue(), enqueued.created()));
              created.add(enqueued);
              return reply(job, enqueued);
            });
    if (answer.isNew()) {
      log.info(
          "job enqueued job={} kind={} queue={} created={}",
          created.get(0).jobId(),
          job.kind(),
          job.queue(),
          created.get(0).created());
    }
    answer.reply().send(ctx);
  }

  private record Asked(JsonBody body, Audit.Writer writer) {}

  /** One that was asked for, as the audit has it. */
  record Recorded(String jobId, String queue, boolean created) {}

  /** Many, as the audit has them. */
  record RecordedMany(@Nullable String batchId, int created, int asked) {}

  /** Refuses jobs that the caller's key is not for. */
  private Audit.Writer writer(Context ctx, String target, List<NewJob> asked) {
    Audit.Writer writer = audit.writer(ctx, Command.of("job.enqueue", target));
    Principal caller = Principal.of(ctx);
    for (NewJob job : asked) {
      if (!caller.enqueues().allow(job)) {
        Problem problem =
            Problem.of(
                    403,
                    "forbidden",
                    "Forbidden",
                    caller.name()
                        + " may not enqueue a job of kind "
                        + job.kind()
                        + " in queue "
                        + job.queue()
                        + ", or not its callback")
                .with("permission", Permission.ENQUEUE.text());
        writer.refused(problem);
        throw new ProblemException(problem);
      }
    }
    return writer;
  }

  /** What only Postgres can refuse in a job is reported like other errors. */
  private Answer answer(
      Context ctx,
      Asked asked,
      Function<RefusedException, String> field,
      Function<Handle, Reply> work) {
    try {
      return keys.answer(ctx, asked.body(), work);
    } catch (RefusedException e) {
      asked.body().refuse(field.apply(e), String.valueOf(e.getMessage()));
      asked.body().check();
      throw e;
    } catch (ProblemException e) { // after the rollback, which would take the row with it
      asked.writer().refused(e.problem());
      throw e;
    }
  }

  /** A debounced or throttled call that makes no new job is what was asked for. */
  private static boolean isPlain(NewJob job) {
    return job.options().debounce().isEmpty() && job.options().throttle().isEmpty();
  }

  private Reply reply(NewJob job, Enqueued enqueued) {
    String status =
        enqueued.created()
            ? (waits(job) ? "scheduled" : "queued")
            : jobs.find(enqueued.jobId()).map(found -> found.state().text()).orElse("queued");
    return Reply.accepted(
        "/api/admin/jobs/" + enqueued.jobId(),
        new One(Long.toString(enqueued.jobId()), status, enqueued.created()));
  }

  private static boolean waits(NewJob job) {
    return !job.delay().isZero()
        || job.options().debounce().filter(debounce -> !debounce.leading()).isPresent();
  }

  private void bulk(Context ctx) {
    JsonBody body =
        JsonBody.readList(
            ctx, MOST_BYTES, "jobs", MOST_JOBS, EnqueueRequest.MOST_BYTES, Set.of("jobs", "batch"));
    EnqueueRequest request = new EnqueueRequest(kinds.all());
    List<NewJob> asked =
        body.innerList("jobs", MOST_JOBS, EnqueueRequest.FIELDS).stream()
            .map(request::job)
            .toList();
    Optional<JsonBody> batch = body.inner("batch", Set.of("on_child_failure", "callback"));
    OnChildFailure policy =
        batch
            .flatMap(fields -> fields.oneOf("on_child_failure", POLICIES))
            .map(word -> OnChildFailure.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(OnChildFailure.CONTINUE);
    Optional<NewJob> callback = batch.flatMap(request::callback);
    body.check();
    Audit.Writer writer =
        writer(ctx, "bulk", Stream.concat(asked.stream(), callback.stream()).toList());
    List<Enqueued> enqueued = new ArrayList<>(asked.size());
    Answer answer =
        answer(
            ctx,
            new Asked(body, writer),
            refusal -> "jobs",
            handle -> {
              Reply reply =
                  batch.isPresent()
                      ? enqueueBatch(handle, new Batch(asked, policy, callback), enqueued)
                      : enqueueMany(handle, asked, enqueued);
              int created = (int) enqueued.stream().filter(Enqueued::created).count();
              String batchId = reply.body().path("batch_id").textValue();
              writer.allowed(handle, null, new RecordedMany(batchId, created, asked.size()));
              return reply;
            });
    if (answer.isNew()) {
      log.info("jobs enqueued count={} batch={}", asked.size(), batch.isPresent());
    }
    answer.reply().send(ctx);
  }

  private Reply enqueueMany(Handle handle, List<NewJob> asked, List<Enqueued> enqueued) {
    enqueued.addAll(client.enqueueAllIn(handle, asked));
    return Reply.accepted(null, new Many(null, enqueued.stream().map(Member::of).toList()));
  }

  private Reply enqueueBatch(Handle handle, Batch batch, List<Enqueued> enqueued) {
    EnqueuedBatch parent = client.enqueueIn(handle, batch);
    enqueued.addAll(parent.jobs());
    return Reply.accepted(
        "/api/admin/jobs/" + parent.jobId(),
        new Many(Long.toString(parent.jobId()), parent.jobs().stream().map(Member::of).toList()));
  }

  /** Another unfinished job has the unique key. */
  static ProblemException keyHeld(Jobs jobs, String key, long holderId) {
    Problem problem =
        Problems.conflict(
                "unique_key_held", "job " + holderId + " holds the unique key '" + key + "'")
            .with("job_id", Long.toString(holderId))
            .withHeader("Location", "/api/admin/jobs/" + holderId);
    Optional<Job> holder = jobs.find(holderId);
    return new ProblemException(
        holder.map(job -> problem.with("state", job.state().text())).orElse(problem));
  }
}
