package dev.millrace.json;

import dev.millrace.MillraceException;
import java.io.Serial;

/** Text that is not the JSON it should be, or a value that has no JSON form. */
public final class JsonException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  JsonException(String message, Throwable cause) {
    super(message, cause);
  }
}
