package dev.millrace.embedded;

import org.jspecify.annotations.Nullable;

/**
 * An embedded service could not be started or stopped; the message is one sentence fit for the
 * person at the terminal.
 */
public final class EmbeddedServiceException extends RuntimeException {
  public EmbeddedServiceException(String sentence) {
    super(sentence);
  }

  public EmbeddedServiceException(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
