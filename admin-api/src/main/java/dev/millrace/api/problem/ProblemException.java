package dev.millrace.api.problem;

import dev.millrace.MillraceException;
import java.io.Serial;

/** Ends a request with a problem. */
public final class ProblemException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  private final transient Problem problem;

  public ProblemException(Problem problem) {
    super(problem.status() + " " + problem.code() + ": " + problem.detail());
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
