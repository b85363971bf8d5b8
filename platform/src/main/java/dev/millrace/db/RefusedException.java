package dev.millrace.db;

import dev.millrace.MillraceException;
import java.io.Serial;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.statement.StatementException;

/**
 * Postgres refuses what was asked for, and nothing has changed. The message begins with the field,
 * as those of Millrace's own SQL functions do.
 */
public final class RefusedException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  private static final Pattern SAID =
      Pattern.compile("^(?:ERROR: )?(([a-z_][^\\s:]*): .*)$", Pattern.MULTILINE);

  private final String field;

  /** About a field whose name is not in the message of Postgres. */
  public RefusedException(String field, String message, Throwable cause) {
    super(message, cause);
    this.field = field;
  }

  /**
   * What a statement was refused for.
   *
   * @param states the SQL states of refusals
   * @return empty when it failed for another reason, or no field is named
   */
  public static Optional<RefusedException> of(StatementException e, Set<String> states) {
    if (e.getCause() instanceof SQLException sql && states.contains(sql.getSQLState())) {
      Matcher said = SAID.matcher(String.valueOf(sql.getMessage()));
      return said.find()
          ? Optional.of(new RefusedException(said.group(2), said.group(1), e))
          : Optional.empty();
    }
    return Optional.empty();
  }

  /** What is wrong, such as {@code max_wait} or {@code payload.size}. */
  public String field() {
    return field;
  }
}
