package dev.millrace.db.takeover;

import dev.millrace.MillraceException;
import java.sql.SQLException;

/** A statement of a step has failed. */
final class StepFailedException extends MillraceException {
  private static final long serialVersionUID = 1L;

  private final String statement;

  StepFailedException(String statement, SQLException cause) {
    super(String.valueOf(cause.getMessage()), cause);
    this.statement = statement;
  }

  String statement() {
    return statement;
  }
}
