package dev.millrace.api.stats;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.access.Permission;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.JsonBody;
import dev.millrace.http.JsonPoster;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobState;
import dev.millrace.job.read.Job;
import dev.millrace.job.read.Jobs;
import dev.millrace.job.read.Kinds;
import dev.millrace.stats.Event;
import dev.millrace.stats.Flag;
import dev.millrace.stats.Flags;
import dev.millrace.stats.LegacyStats;
import dev.millrace.stats.StatsJobs;
import dev.millrace.stats.StatsTrigger;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * {@code POST /api/admin/enqueue-stats-job}. While a flag is off, the call is handed to the legacy
 * address, or refused. Fields of the body that are not known are kept in the job's payload.
 */
public final class EnqueueStats {
  private static final Logger log = LoggerFactory.getLogger(EnqueueStats.class);
  private static final Set<String> FIELDS = Set.of("triggeredBy", "requestId");
  private static final int MAX_BODY = 64 * 1024;
  private static final int MAX_REQUEST_ID = 200;

  private final StatsJobs jobs;
  private final Flags flags;
  private final LegacyStats legacy;
  private final Kinds kinds;
  private final Jobs known;
  private final Audit audit;

  /** What it reads. */
  public record Reads(Kinds kinds, Jobs jobs) {}

  public EnqueueStats(StatsJobs jobs, Flags flags, LegacyStats legacy, Reads reads, Audit audit) {
    this.audit = audit;
    this.jobs = jobs;
    this.flags = flags;
    this.legacy = legacy;
    this.kinds = reads.kinds();
    this.known = reads.jobs();
  }

  public void addTo(RoutesConfig routes) {
    routes.post("/api/admin/enqueue-stats-job", this::enqueue, Permission.RUN_STATS);
  }

  private record Asked(StatsTrigger cause, Optional<String> requestId, ObjectNode extra) {}

  /**
   * The answer to a job that was asked for.
   *
   * @param status its state; {@code scheduled} while it waits for more calls like this
   * @param created false: the request has been made before, or joins a job that waits
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Accepted(
      String jobId, String status, boolean created, int priority, @Nullable String requestId) {}

  /** The answer to a call that was handed over. */
  record HandedOver(String status, String flag, int legacyStatus) {}

  private static Asked read(Context ctx) {
    JsonBody body = JsonBody.readOpen(ctx, MAX_BODY);
    Optional<String> cause = body.oneOf("triggeredBy", StatsTrigger.texts());
    Optional<String> requestId = body.text("requestId", MAX_REQUEST_ID);
    body.require("triggeredBy", "one of " + String.join(", ", StatsTrigger.texts()));
    body.check();
    return new Asked(cause.flatMap(StatsTrigger::of).orElseThrow(), requestId, body.others(FIELDS));
  }

  private void enqueue(Context ctx) throws InterruptedException {
    Asked asked = read(ctx);
    Optional<Flag> off = flags.against(asked.cause());
    if (off.isPresent()) {
      handOver(ctx, asked, off.get());
      return;
    }
    if (kinds.find(StatsJobs.KIND).isEmpty()) {
      throw Problems.unavailable("no queue worker has registered yet for " + StatsJobs.KIND);
    }
    Enqueued enqueued =
        audit.run(
            ctx,
            command(asked),
            handle -> {
              Enqueued made = jobs.enqueue(asked.cause(), asked.requestId(), asked.extra());
              return Effect.of(made, made);
            });
    Event.of("stats job enqueued")
        .with("job", enqueued.jobId())
        .with("created", enqueued.created())
        .with("triggered_by", asked.cause().text())
        .with("request_id", asked.requestId().orElse(null))
        .log(log, Level.INFO);
    String id = Long.toString(enqueued.jobId());
    ctx.status(202)
        .header("Location", "/api/admin/jobs/" + id)
        .json(
            new Accepted(
                id,
                known.find(enqueued.jobId()).map(Job::state).orElse(JobState.QUEUED).text(),
                enqueued.created(),
                asked.cause().priority(),
                asked.requestId().orElse(null)));
  }

  private void handOver(Context ctx, Asked asked, Flag off) throws InterruptedException {
    if (!legacy.isSet()) {
      throw new ProblemException(
          Problems.conflict(
                  "flag_off",
                  off
                      + " is off: no stats job was enqueued; switch it on with PUT /api/admin/flags/"
                      + off
                      + ", or set LEGACY_STATS_URL to have such calls handed over")
              .with("flag", off.name()));
    }
    JsonPoster.Answer answer = called(asked, off);
    Event.of("stats call handed over")
        .with("flag", off)
        .with("triggered_by", asked.cause().text())
        .with("http_status", answer.status())
        .log(log, answer.taken() ? Level.INFO : Level.WARN);
    if (!answer.taken()) {
      throw legacyFailed(off, "the legacy address " + answer.summary());
    }
    HandedOver handedOver = new HandedOver("handed_over", off.name(), answer.status());
    ctx.status(202)
        .json(audit.run(ctx, command(asked), handle -> Effect.of(handedOver, handedOver)));
  }

  private static Command command(Asked asked) {
    return Command.of("stats.run", asked.cause().text());
  }

  private JsonPoster.Answer called(Asked asked, Flag off) throws InterruptedException {
    try {
      return legacy.call(asked.cause(), asked.requestId(), asked.extra());
    } catch (JsonPoster.NoResponseException e) {
      throw legacyFailed(off, "the legacy address " + e.getMessage());
    }
  }

  private static ProblemException legacyFailed(Flag off, String detail) {
    return new ProblemException(
        Problem.of(502, "legacy_failed", "Bad Gateway", off + " is off, and " + detail)
            .with("flag", off.name()));
  }
}
