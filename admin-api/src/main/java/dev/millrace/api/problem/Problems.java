package dev.millrace.api.problem;

import dev.millrace.api.problem.Problem.FieldError;
import dev.millrace.text.CodePoints;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** The problems that more than one route answers with. */
public final class Problems {
  private Problems() {}

  public static ProblemException unauthorized() {
    return new ProblemException(
        Problem.of(
                401,
                "unauthorized",
                "Unauthorized",
                "a valid key is required: Authorization: Bearer KEY")
            .withHeader("WWW-Authenticate", "Bearer realm=\"millrace\""));
  }

  /** The limit of delayed answers to wrong keys is reached: this request is refused at once. */
  public static ProblemException tooManyAttempts() {
    return new ProblemException(
        Problem.of(
                429,
                "too_many_attempts",
                "Too Many Requests",
                "too many requests without a valid key at once; the admin key and keys that were used here within five minutes are answered")
            .withHeader("Retry-After", "2"));
  }

  /** More was asked for than a limit allows; nothing was done. */
  public static Problem tooMany(String what, Duration wait) {
    long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
    return Problem.of(
            429, "rate_limited", "Too Many Requests", what + "; try again in " + seconds + " s")
        .withHeader("Retry-After", Long.toString(seconds));
  }

  /** An address is logged and remembered by much that lies in between. */
  public static ProblemException keyInQuery() {
    return new ProblemException(
        Problem.of(
            400,
            "key_in_query",
            "Bad Request",
            "a key is not read from the query; send Authorization: Bearer KEY, and replace a key"
                + " that was sent in an address"));
  }

  public static ProblemException notFound(String what) {
    return new ProblemException(Problem.of(404, "not_found", "Not Found", what));
  }

  /** Something else is in the way of what was asked for. */
  public static Problem conflict(String code, String detail) {
    return Problem.of(409, code, "Conflict", detail);
  }

  /** The body is JSON with values that are not allowed. */
  public static ProblemException invalid(List<FieldError> errors) {
    return new ProblemException(
        Problem.of(
                422,
                "invalid_body",
                "Unprocessable Content",
                errors.size() == 1 ? errors.get(0).detail() : errors.size() + " fields are wrong")
            .withErrors(errors));
  }

  /** A parameter of the query has a value that is not allowed. */
  public static ProblemException badParameter(
      String field, String value, Collection<String> allowed) {
    return new ProblemException(
        Problem.of(
                400,
                "invalid_parameter",
                "Bad Request",
                "'" + field + "' was '" + cut(value) + "'; allowed: " + String.join(", ", allowed))
            .with("field", field)
            .with("value", cut(value))
            .with("allowed", List.copyOf(allowed)));
  }

  public static ProblemException tooLarge(int mostBytes) {
    return new ProblemException(
        Problem.of(
                413, "too_large", "Content Too Large", "at most " + mostBytes + " bytes are taken")
            .with("max_bytes", mostBytes));
  }

  /** As {@link #tooLarge(int)}, naming the field. */
  public static ProblemException tooLarge(int mostBytes, List<FieldError> errors) {
    return new ProblemException(
        Problem.of(413, "too_large", "Content Too Large", errors.get(0).detail())
            .with("max_bytes", mostBytes)
            .withErrors(errors));
  }

  public static ProblemException unavailable(String what) {
    return new ProblemException(
        Problem.of(503, "unavailable", "Service Unavailable", what).withHeader("Retry-After", "2"));
  }

  /** More is asked of the process at once than it takes; nothing was done. */
  public static ProblemException overloaded(String what) {
    return new ProblemException(overload(what));
  }

  /** As {@link #overloaded}, for what answers without an exception. */
  public static Problem overload(String what) {
    return Problem.of(503, "overloaded", "Service Unavailable", what + "; try again")
        .withHeader("Retry-After", "2");
  }

  /** What a client sent, short enough to be sent back. */
  public static String cut(String value) {
    return CodePoints.length(value) > 100 ? CodePoints.first(value, 100) + "…" : value;
  }
}
