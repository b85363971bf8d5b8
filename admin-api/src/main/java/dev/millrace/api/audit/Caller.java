package dev.millrace.api.audit;

import dev.millrace.api.access.AccessRole;
import dev.millrace.api.access.Principal;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.text.CodePoints;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The caller of one request, as the audit writes it.
 *
 * @param who the name of a user or key; for a sign-in the name that was sent
 * @param role null: it was not identified
 * @param requestId of the client, or made here
 * @param reason of the header {@link #REASON}
 */
public record Caller(
    String who,
    String whoType,
    @Nullable String role,
    String address,
    String requestId,
    Optional<String> reason) {
  /** Why a command is given, in printable ASCII. */
  public static final String REASON = "Millrace-Reason";

  /** By which a request is found in the audit; its answer has it too. */
  public static final String REQUEST_ID = "Millrace-Request-Id";

  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_REASON = 500;
  private static final String ATTRIBUTE = Caller.class.getName();
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");
  private static final Pattern TEXT = Pattern.compile("[\\x20-\\x7e]{1," + LONGEST_REASON + "}");

  /** The identified caller of a request. */
  static Caller of(Context ctx, String address) {
    Principal principal = Principal.of(ctx);
    return new Caller(
        principal.name(),
        principal.type().text(),
        principal.role().text(),
        address,
        requestId(ctx),
        reason(ctx));
  }

  /** A caller that gave a name, which may not be its own. */
  static Caller named(Context ctx, String name, String address) {
    return new Caller(
        CodePoints.first(name, LONGEST_NAME),
        "unknown",
        null,
        address,
        requestId(ctx),
        Optional.empty());
  }

  Caller identified(String user, AccessRole known) {
    return new Caller(user, Principal.Type.USER.text(), known.text(), address, requestId, reason);
  }

  /** One id for all rows of a request; a malformed one is replaced. */
  private static String requestId(Context ctx) {
    String known = ctx.attribute(ATTRIBUTE);
    if (known != null) {
      return known;
    }
    String id =
        Optional.ofNullable(ctx.header(REQUEST_ID))
            .filter(text -> ID.matcher(text).matches())
            .orElseGet(() -> UUID.randomUUID().toString());
    ctx.attribute(ATTRIBUTE, id);
    ctx.header(REQUEST_ID, id);
    return id;
  }

  private static Optional<String> reason(Context ctx) {
    Optional<String> reason =
        Optional.ofNullable(ctx.header(REASON)).map(String::strip).filter(text -> !text.isEmpty());
    if (reason.filter(text -> !TEXT.matcher(text).matches()).isPresent()) {
      throw new ProblemException(
          Problem.of(
                  400,
                  "invalid_header",
                  "Bad Request",
                  REASON + " must have 1 to " + LONGEST_REASON + " printable ASCII characters")
              .with("field", REASON));
    }
    return reason;
  }
}
