package dev.millrace.db.takeover;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.internal.sqlscript.FlywaySqlScriptException;
import org.jdbi.v3.core.statement.StatementException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** A failed statement in the words of Postgres, with what to do. */
final class FailureText {
  private static final int LONGEST_STATEMENT = 200;

  private FailureText() {}

  /** The statement's first line, the code, the message, and what Postgres adds to it. */
  static String text(Throwable failure) {
    List<String> lines = new ArrayList<>();
    Optional<SQLException> sql = find(failure, SQLException.class);
    if (sql.isEmpty()) {
      return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
    Optional<ServerErrorMessage> server =
        sql.filter(PSQLException.class::isInstance)
            .map(PSQLException.class::cast)
            .map(PSQLException::getServerErrorMessage);
    lines.add(
        server
                .map(ServerErrorMessage::getMessage)
                .orElseGet(() -> firstLine(String.valueOf(sql.get().getMessage())))
            + " (SQLSTATE "
            + sql.get().getSQLState()
            + ")");
    statement(failure).ifPresent(text -> lines.add("statement: " + text));
    server.map(ServerErrorMessage::getDetail).ifPresent(text -> lines.add("detail: " + text));
    server.map(ServerErrorMessage::getHint).ifPresent(text -> lines.add("hint: " + text));
    lines.add("what to do: " + advice(sql.get().getSQLState()));
    return String.join("\n  ", lines);
  }

  private static Optional<String> statement(Throwable failure) {
    Optional<String> flyway =
        find(failure, FlywaySqlScriptException.class)
            .map(
                script ->
                    firstLine(script.getStatement())
                        + " (line "
                        + script.getLineNumber()
                        + " of "
                        + (script.getResource() == null ? "" : script.getResource().getFilename())
                        + ")");
    return flyway
        .or(() -> find(failure, StepFailedException.class).map(step -> firstLine(step.statement())))
        .or(
            () ->
                find(failure, StatementException.class)
                    .map(StatementException::getStatementContext)
                    .map(context -> firstLine(context.getRawSql())));
  }

  private static String advice(String state) {
    return switch (state == null ? "" : state.substring(0, Math.min(2, state.length()))) {
      case "42" ->
          "`millrace migrate --plan` shows what was found and what would be done; an object in the"
              + " way must be renamed, a missing right be granted";
      case "23" -> "correct the rows that the detail names, then run `millrace migrate` again";
      case "55", "40", "57" -> "run `millrace migrate` again when the other session has ended";
      case "53" -> "give the server room, then run `millrace migrate` again";
      case "P0" ->
          "a trigger or function of the database refuses it: see its message, or ask its owner";
      case "08" -> "run `millrace migrate` again when Postgres can be reached";
      default -> "run `millrace migrate --plan` and report both outputs";
    };
  }

  private static String firstLine(String text) {
    String line =
        text == null
            ? ""
            : text.lines()
                .map(String::strip)
                .filter(each -> !each.isEmpty() && !each.startsWith("--"))
                .findFirst()
                .orElse("");
    return line.length() > LONGEST_STATEMENT ? line.substring(0, LONGEST_STATEMENT) + "…" : line;
  }

  private static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
    Throwable cause = failure;
    Optional<T> found = Optional.empty();
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (type.isInstance(cause)) {
        found = Optional.of(type.cast(cause));
      }
      cause = cause.getCause();
    }
    return found;
  }
}
