package dev.millrace.api.audit;

import dev.millrace.api.problem.Problem.FieldError;
import dev.millrace.api.problem.Problems;
import dev.millrace.text.CodePoints;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;

/**
 * A command as the audit writes it.
 *
 * @param action such as {@code job.cancel}
 * @param target its object: an id or a name
 * @param reason of the body; empty: that of the header, if there is one
 */
public record Command(String action, String target, Optional<String> reason) {
  private static final int LONGEST_TARGET = 500;

  public Command {
    target = CodePoints.first(target, LONGEST_TARGET);
  }

  /** Without a reason in its body. */
  public static Command of(String action, String target) {
    return new Command(action, target, Optional.empty());
  }

  /**
   * The reason of a command that must have one.
   *
   * @param ofBody the field {@code reason} of its body
   * @throws dev.millrace.api.problem.ProblemException 422 when neither the body nor the header has
   *     one
   */
  public static String requiredReason(Context ctx, Optional<String> ofBody) {
    return ofBody
        .or(() -> Optional.ofNullable(ctx.header(Caller.REASON)).map(String::strip))
        .filter(reason -> !reason.isEmpty())
        .orElseThrow(
            () ->
                Problems.invalid(
                    List.of(
                        new FieldError(
                            "/reason",
                            "reason is required, in the body or as the header " + Caller.REASON))));
  }
}
