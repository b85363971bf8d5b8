package dev.millrace.worker;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.Outcome;
import dev.millrace.job.UnretryableException;
import dev.millrace.json.Json;
import dev.millrace.json.JsonException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The handlers of a process, by kind. Immutable. */
public final class Handlers {
  private final Map<String, JobHandler<?>> byKind = new TreeMap<>();

  /**
   * Registers the handlers.
   *
   * @throws IllegalArgumentException when two of them handle the same kind
   */
  public Handlers(List<? extends JobHandler<?>> handlers) {
    for (JobHandler<?> handler : handlers) {
      JobHandler<?> other = byKind.put(handler.kind().name(), handler);
      if (other != null) {
        throw new IllegalArgumentException(
            "kind "
                + handler.kind().name()
                + " has two handlers: "
                + other.getClass()
                + " and "
                + handler.getClass());
      }
    }
  }

  /** The kinds in the order of their names. */
  public List<String> kinds() {
    return List.copyOf(byKind.keySet());
  }

  /** The rules of a kind; empty when this process does not handle it. */
  public Optional<JobKind<?>> kind(String name) {
    return Optional.ofNullable(byKind.get(name)).map(JobHandler::kind);
  }

  /** All kinds with their rules, for the registration in Postgres. */
  public List<JobKind<?>> all() {
    return byKind.values().stream().<JobKind<?>>map(JobHandler::kind).toList();
  }

  /**
   * Runs the handler of a kind.
   *
   * @throws UnretryableException when the payload does not fit the kind's record
   */
  Outcome run(String kind, String payload, JobContext context) throws Exception {
    JobHandler<?> handler = byKind.get(kind);
    if (handler == null) {
      throw new UnretryableException("this process has no handler for kind " + kind);
    }
    return run(handler, payload, context);
  }

  private static <P> Outcome run(JobHandler<P> handler, String payload, JobContext context)
      throws Exception {
    P value;
    try {
      value = Json.read(payload, handler.kind().payloadType());
    } catch (JsonException e) {
      throw new UnretryableException(
          "payload does not fit kind " + handler.kind().name() + ": " + e.getMessage(), e);
    }
    return handler.run(value, context);
  }
}
