package dev.millrace.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.app.error.UserError;
import dev.millrace.app.http.ApiClient;
import dev.millrace.json.Json;
import dev.millrace.json.JsonException;
import dev.millrace.text.CodePoints;
import dev.millrace.text.Visible;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Enqueues one job. */
@Command(
    name = "enqueue",
    description = "Enqueues one job and prints its id.",
    mixinStandardHelpOptions = true)
public final class EnqueueCommand extends ApiCommand implements Callable<Integer> {
  /** How many characters of a refused payload are shown. */
  private static final int SHOWN = 100;

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      description = "what code runs it, such as mv.refresh")
  private String kind = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PAYLOAD",
      defaultValue = "{}",
      description = "a JSON object (default: ${DEFAULT-VALUE})")
  private String payload = "";

  @Option(names = "--queue", paramLabel = "QUEUE", description = "its queue (default: default)")
  private Optional<String> queue = Optional.empty();

  @Option(
      names = "--priority",
      paramLabel = "N",
      description = "-100 to 100, higher runs first (default: 0)")
  private Optional<Integer> priority = Optional.empty();

  @Option(
      names = "--delay",
      paramLabel = "TIME",
      converter = DelayConverter.class,
      description = "not before this long from now: 30s, 5m, 2h, 1d or PT1M30S")
  private Optional<Duration> delay = Optional.empty();

  @Option(
      names = "--unique-key",
      paramLabel = "KEY",
      description = "at most one unfinished job has it; another answers with that one's id")
  private Optional<String> uniqueKey = Optional.empty();

  public EnqueueCommand(Map<String, String> environment) {
    super(environment);
  }

  /** A number with a unit, or an ISO-8601 duration. */
  static final class DelayConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      if (text.matches("[0-9]{1,9}[smhd]")) {
        long number = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
          case 's' -> Duration.ofSeconds(number);
          case 'm' -> Duration.ofMinutes(number);
          case 'h' -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        };
      }
      try {
        Duration duration = Duration.parse(text);
        if (!duration.isNegative()) {
          return duration;
        }
      } catch (java.time.format.DateTimeParseException e) {
        // refused below, like a negative one
      }
      throw new CommandLine.TypeConversionException(
          "must be a duration such as 30s, 5m, 2h, 1d or PT1M30S, was '" + text + "'");
    }
  }

  @Override
  public Integer call() {
    ObjectNode body = body();
    body.put("kind", kind);
    body.set("payload", payload());
    queue.ifPresent(name -> body.put("queue", name));
    priority.ifPresent(number -> body.put("priority", number));
    delay.ifPresent(time -> body.put("delay_seconds", time.plusMillis(999).toSeconds()));
    uniqueKey.ifPresent(key -> body.put("unique_key", key));
    ApiClient.Answer answer = api().post("/jobs", Optional.of(body));
    boolean held = answer.body().path("code").asText().equals("unique_key_held");
    JsonNode result = held ? answer.body() : answer.orThrow();
    PrintWriter out = out();
    out.println(json() ? result.toPrettyString() : Visible.line(result.path("job_id").asText()));
    if (held) {
      err()
          .println(
              "millrace: no job was enqueued:  " + Visible.line(result.path("detail").asText()));
    }
    out.flush();
    return 0;
  }

  private JsonNode payload() {
    String type;
    try {
      JsonNode tree = Json.tree(payload);
      if (tree.isObject()) {
        return tree;
      }
      type = tree.getNodeType().name().toLowerCase(Locale.ROOT);
    } catch (JsonException e) {
      throw new UserError(
          "PAYLOAD must be a JSON object, was '"
              + CodePoints.first(payload, SHOWN)
              + "': "
              + e.getMessage(),
          e);
    }
    throw new UserError(
        "PAYLOAD must be a JSON object, was "
            + CodePoints.first(payload, SHOWN)
            + ", of type "
            + type);
  }
}
