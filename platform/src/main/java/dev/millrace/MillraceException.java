package dev.millrace;

import java.io.Serial;

/**
 * The root of everything Millrace throws on purpose. The message states the fact and its
 * consequence.
 */
public class MillraceException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  public MillraceException(String message) {
    super(message);
  }

  public MillraceException(String message, Throwable cause) {
    super(message, cause);
  }
}
