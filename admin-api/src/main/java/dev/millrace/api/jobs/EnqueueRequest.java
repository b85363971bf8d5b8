package dev.millrace.api.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.JsonBody;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import dev.millrace.job.read.KnownKind;
import dev.millrace.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/** Reads the jobs that a client asks for. */
final class EnqueueRequest {
  /** The largest body of one job. */
  static final int MOST_BYTES = JobKind.Bounds.MOST_PAYLOAD_BYTES + 16 * 1024;

  static final Duration YEAR = Duration.ofDays(366);
  private static final int MAX_KEY = 200;

  /** What every job may have. */
  private static final Set<String> PLAIN_FIELDS = Set.of("kind", "payload", "queue", "priority");

  /** What a job may have. */
  static final Set<String> FIELDS =
      Set.of(
          "kind",
          "payload",
          "queue",
          "priority",
          "delay_seconds",
          "unique_key",
          "lock_key",
          "max_attempts",
          "on_busy",
          "limit",
          "debounce",
          "throttle_seconds",
          "start_by",
          "finish_by",
          "run_timeout_seconds",
          "callback");

  private final Map<String, KnownKind> kinds = new TreeMap<>();

  EnqueueRequest(List<KnownKind> kinds) {
    kinds.forEach(kind -> this.kinds.put(kind.name(), kind));
  }

  /** A job; what is wrong with it is noted in the body, and then what this returns is of no use. */
  NewJob job(JsonBody body) {
    NewJob job = plain(body);
    OptionalInt attempts = body.integer("max_attempts", 1, 1000, "an integer from 1 to 1000");
    Optional<Duration> delay = body.seconds("delay_seconds", Duration.ZERO, YEAR);
    Optional<String> uniqueKey = body.text("unique_key", MAX_KEY);
    Optional<String> lockKey = body.text("lock_key", MAX_KEY);
    job = job.after(delay.orElse(Duration.ZERO));
    job = attempts.isPresent() ? job.withMaxAttempts(attempts.getAsInt()) : job;
    job = uniqueKey.isPresent() ? job.withUniqueKey(uniqueKey.get()) : job;
    job = lockKey.isPresent() ? job.withLockKey(lockKey.get()) : job;
    return OptionsRequest.read(body, job, callback(body));
  }

  /** What is to run afterwards: a job with nothing special to it. */
  Optional<NewJob> callback(JsonBody body) {
    return body.inner("callback", PLAIN_FIELDS).map(this::plain);
  }

  private NewJob plain(JsonBody body) {
    Optional<String> name = body.text("kind", 100);
    Optional<KnownKind> kind = name.map(kinds::get);
    if (kind.isEmpty()) {
      body.refuse(
          "kind",
          "kind must be one that a queue worker runs ("
              + String.join(", ", kinds.keySet())
              + "), was "
              + name.map(Problems::cut).orElse("not given"));
    }
    ObjectNode payload = body.object("payload").orElseGet(() -> Json.mapper().createObjectNode());
    String text = payload.toString();
    int most = kind.map(KnownKind::payloadBytes).orElse(JobKind.Bounds.MOST_PAYLOAD_BYTES);
    long bytes = WrittenOut.bytes(payload, text);
    if (bytes > most) {
      throw body.tooLarge("payload", most, bytes);
    }
    kind.filter(known -> !known.fields().isEmpty())
        .ifPresent(known -> PayloadFields.check(body, payload, known));
    OptionalInt priority =
        body.integer(
            "priority", NewJob.MIN_PRIORITY, NewJob.MAX_PRIORITY, "an integer from -100 to 100");
    Optional<String> queue = body.text("queue", 63);
    queue
        .filter(named -> !NewJob.QUEUE.matcher(named).matches())
        .ifPresent(
            named ->
                body.refuse("queue", "queue must match " + NewJob.QUEUE + ", was '" + named + "'"));
    NewJob job =
        NewJob.of(name.orElse("?"), text)
            .triggeredBy(Trigger.API)
            .withPriority(priority.orElse(0))
            .withMaxAttempts(kind.map(KnownKind::maxAttempts).orElse(1));
    return queue
        .filter(named -> NewJob.QUEUE.matcher(named).matches())
        .map(job::inQueue)
        .orElse(job);
  }
}
