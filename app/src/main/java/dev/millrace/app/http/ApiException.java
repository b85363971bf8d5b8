package dev.millrace.app.http;

import dev.millrace.MillraceException;
import java.io.Serial;

/** The API answered, and the answer was no. */
public final class ApiException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  private final int status;

  ApiException(int status, String problem) {
    super(
        status == 401
            ? "the API does not take the key: set MILLRACE_ADMIN_KEY, or point --data at the"
                + " directory that holds admin-key"
            : "the API answered " + status + (problem.isEmpty() ? "" : ": " + problem));
    this.status = status;
  }

  public int status() {
    return status;
  }
}
