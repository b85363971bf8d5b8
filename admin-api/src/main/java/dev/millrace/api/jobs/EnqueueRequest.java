package dev.millrace.api.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.JsonBody;
import dev.millrace.job.KnownKind;
import dev.millrace.job.KnownKind.Field;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import dev.millrace.json.Json;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Reads the body of {@code POST /api/admin/jobs}. */
final class EnqueueRequest {
  /** The largest payload. */
  static final int MAX_PAYLOAD = 256 * 1024;

  private static final int MAX_BODY = MAX_PAYLOAD + 16 * 1024;
  private static final int YEAR_SECONDS = 366 * 24 * 60 * 60;
  private static final int MAX_KEY = 200;
  private static final Set<String> FIELDS =
      Set.of(
          "kind",
          "payload",
          "queue",
          "priority",
          "delay_seconds",
          "unique_key",
          "lock_key",
          "max_attempts");

  /**
   * What can be said of a JSON value by the name of a Java type; other types are the handler's to
   * check.
   */
  private static final Map<String, Predicate<JsonNode>> TYPES =
      Map.of(
          "String", JsonNode::isTextual,
          "boolean", JsonNode::isBoolean,
          "int", JsonNode::canConvertToInt,
          "long", JsonNode::canConvertToLong,
          "double", JsonNode::isNumber,
          "List", JsonNode::isArray,
          "Map", JsonNode::isObject);

  private EnqueueRequest() {}

  /** The job a client asks for; everything that is wrong with it is one problem. */
  static NewJob read(Context ctx, List<KnownKind> kinds) {
    JsonBody body = JsonBody.read(ctx, MAX_BODY, FIELDS);
    Map<String, KnownKind> byName =
        kinds.stream().collect(Collectors.toMap(KnownKind::name, Function.identity()));
    Optional<String> name = body.text("kind", 100);
    Optional<KnownKind> kind = name.map(byName::get);
    if (kind.isEmpty()) {
      body.refuse(
          "kind",
          "kind must be one that a queue worker runs ("
              + String.join(", ", kinds.stream().map(KnownKind::name).toList())
              + "), was "
              + name.map(Problems::cut).orElse("not given"));
    }
    String payload = payload(body, kind);
    NewJob job = NewJob.of(name.orElse("?"), payload).triggeredBy(Trigger.API);
    OptionalInt priority = body.integer("priority", -100, 100, "an integer from -100 to 100");
    OptionalInt delay =
        body.integer("delay_seconds", 0, YEAR_SECONDS, "an integer from 0 to " + YEAR_SECONDS);
    OptionalInt attempts = body.integer("max_attempts", 1, 1000, "an integer from 1 to 1000");
    Optional<String> queue = body.text("queue", 63);
    Optional<String> uniqueKey = body.text("unique_key", MAX_KEY);
    Optional<String> lockKey = body.text("lock_key", MAX_KEY);
    queue
        .filter(text -> !NewJob.QUEUE.matcher(text).matches())
        .ifPresent(text -> body.refuse("queue", "queue must match " + NewJob.QUEUE));
    body.check();
    job = job.withPriority(priority.orElse(0)).after(Duration.ofSeconds(delay.orElse(0)));
    job = job.withMaxAttempts(attempts.orElse(kind.orElseThrow().maxAttempts()));
    job = queue.isPresent() ? job.inQueue(queue.get()) : job;
    job = uniqueKey.isPresent() ? job.withUniqueKey(uniqueKey.get()) : job;
    return lockKey.isPresent() ? job.withLockKey(lockKey.get()) : job;
  }

  private static String payload(JsonBody body, Optional<KnownKind> kind) {
    ObjectNode payload = body.object("payload").orElseGet(() -> Json.mapper().createObjectNode());
    String text = payload.toString();
    if (text.getBytes(StandardCharsets.UTF_8).length > MAX_PAYLOAD) {
      throw Problems.tooLarge(MAX_PAYLOAD);
    }
    kind.filter(known -> !known.fields().isEmpty())
        .ifPresent(known -> checkFields(body, payload, known));
    return text;
  }

  private static void checkFields(JsonBody body, ObjectNode payload, KnownKind kind) {
    Map<String, Field> known =
        kind.fields().stream().collect(Collectors.toMap(Field::name, Function.identity()));
    payload
        .properties()
        .forEach(
            entry -> {
              Field field = known.get(entry.getKey());
              if (field == null) {
                body.refuse(
                    "payload",
                    entry.getKey(),
                    kind.name()
                        + " has no field '"
                        + Problems.cut(entry.getKey())
                        + "'; known: "
                        + String.join(", ", kind.fields().stream().map(Field::name).toList()));
              } else if (!fits(field, entry.getValue())) {
                body.refuse(
                    "payload",
                    entry.getKey(),
                    entry.getKey()
                        + " must be a "
                        + field.type()
                        + ", was "
                        + Problems.cut(entry.getValue().toString()));
              }
            });
  }

  private static boolean fits(Field field, JsonNode value) {
    return value.isNull() || TYPES.getOrDefault(field.type(), any -> true).test(value);
  }
}
