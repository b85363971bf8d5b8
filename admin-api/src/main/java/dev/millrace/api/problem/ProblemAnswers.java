package dev.millrace.api.problem;

import dev.millrace.db.Outage;
import dev.millrace.json.Json;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns each exception of a request into a problem. An unexpected one is logged; its answer has
 * only the trace id.
 */
public final class ProblemAnswers {
  public static final String MEDIA_TYPE = "application/problem+json";
  private static final Logger log = LoggerFactory.getLogger(ProblemAnswers.class);

  private ProblemAnswers() {}

  /**
   * Adds the answers.
   *
   * @param outages records exhausted resources of Postgres
   */
  public static void addTo(RoutesConfig routes, ExhaustedResources outages) {
    routes.exception(ProblemException.class, (e, ctx) -> answer(ctx, e.problem()));
    routes.exception(HttpResponseException.class, ProblemAnswers::refused);
    routes.exception(Exception.class, (e, ctx) -> answer(ctx, unexpected(e, ctx, outages)));
  }

  /** The bytes of a problem's body. */
  public static byte[] bytes(Problem problem) {
    return Json.write(problem).getBytes(StandardCharsets.UTF_8);
  }

  private static void answer(Context ctx, Problem problem) {
    ctx.removeHeader("ETag");
    problem.headers().forEach(ctx::header);
    ctx.status(problem.status())
        .header("Cache-Control", "no-store")
        .contentType(MEDIA_TYPE)
        .result(bytes(problem.at(ctx.path())));
  }

  /** What can be done at a path is a question that OPTIONS asks, and no problem. */
  private static void refused(HttpResponseException e, Context ctx) {
    if (e.getStatus() == 405 && ctx.method().equals(HandlerType.OPTIONS)) {
      ctx.status(204).header("Allow", allowed(e)).result("");
    } else {
      answer(ctx, ofJavalin(e, ctx));
    }
  }

  private static String allowed(HttpResponseException e) {
    Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
    for (String method : e.getDetails().getOrDefault("availableMethods", "").split("[, ]+", -1)) {
      methods.add(method);
      if (method.equals("GET")) {
        methods.add("HEAD");
      }
    }
    methods.remove("");
    return String.join(", ", methods);
  }

  /** What Javalin itself answers: no such path, no such method there, too large. */
  private static Problem ofJavalin(HttpResponseException e, Context ctx) {
    return switch (e.getStatus()) {
      case 404 -> Problem.of(404, "not_found", "Not Found", "there is nothing at this path");
      case 405 -> {
        String allowed = allowed(e);
        yield Problem.of(
                405,
                "method_not_allowed",
                "Method Not Allowed",
                ctx.method() + " is not possible here; possible: " + allowed)
            .withHeader("Allow", allowed);
      }
      default -> ofStatus(e.getStatus());
    };
  }

  /** A problem about which nothing is known but its status. */
  static Problem ofStatus(int status) {
    String title = HttpStatus.getMessage(status);
    String code = title.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "_");
    return Problem.of(status, code, title, "the request was refused before it reached a route");
  }

  private static Problem unexpected(Exception e, Context ctx, ExhaustedResources outages) {
    Optional<Problem> ofClient = ClientFaults.of(e);
    if (ofClient.isPresent()) {
      log.debug("request refused {} {}", ctx.method(), ctx.path(), e);
      return ofClient.get();
    }
    Optional<Outage> outage = Outage.of(e);
    if (outage.isPresent()) {
      outages.note(outage.get());
      return outage(outage.get(), e, ctx);
    }
    String traceId = traceId();
    log.error("request failed trace_id={} {} {}", traceId, ctx.method(), ctx.path(), e);
    return internal("internal_error", "the server failed; its log has the trace_id", traceId);
  }

  /** Not a fault of the server's: the request may be sent again when Postgres can do it. */
  private static Problem outage(Outage outage, Exception e, Context ctx) {
    log.warn("request refused {} {}: {}", ctx.method(), ctx.path(), outage.sentence());
    log.debug("request refused {} {}", ctx.method(), ctx.path(), e);
    return Problem.of(
            503,
            "postgres_" + outage.kind().name().toLowerCase(Locale.ROOT),
            "Service Unavailable",
            outage.sentence())
        .withHeader("Retry-After", "2");
  }

  /** A defect: the answer has only the id under which it was logged. */
  public static Problem internal(String code, String detail, String traceId) {
    return Problem.of(500, code, "Internal Server Error", detail).with("trace_id", traceId);
  }

  public static String traceId() {
    return UUID.randomUUID().toString().replace("-", "");
  }
}
