package dev.millrace.app.error;

import java.io.Serial;

/** Postgres is reached through a pooler that lends connections by transaction. */
public final class TransactionPoolerError extends UserError {
  @Serial private static final long serialVersionUID = 1;

  public TransactionPoolerError(String message) {
    super(message);
  }
}
