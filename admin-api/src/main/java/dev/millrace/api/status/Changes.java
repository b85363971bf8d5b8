package dev.millrace.api.status;

import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.db.Sql;
import dev.millrace.status.TransactionSnapshot;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells clients which transactions Postgres has ended once their command was committed, so that a
 * status of any process can be asked for that shows its effect. Thread-safe.
 */
final class Changes {
  /** Of the answer of a command. */
  static final String CHANGE = "Millrace-Change";

  /** The same text in a request for the status. */
  static final String AT_LEAST = "Millrace-At-Least";

  private static final Logger log = LoggerFactory.getLogger(Changes.class);
  private static final String SEES = Sql.of(Changes.class, "sees");
  private static final Set<HandlerType> READS =
      Set.of(HandlerType.GET, HandlerType.HEAD, HandlerType.OPTIONS);

  private final Jdbi jdbi;

  Changes(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Has the answer of each command carry it. */
  void addTo(RoutesConfig routes) {
    routes.after("/api/admin/*", this::tell);
  }

  /** Whether a request has changed something, or has met what another one has changed. */
  static boolean isCommand(Context ctx) {
    return !READS.contains(ctx.method()) && (ctx.statusCode() < 300 || ctx.statusCode() == 409);
  }

  private void tell(Context ctx) {
    if (!isCommand(ctx)) {
      return;
    }
    try {
      String sees = jdbi.withHandle(handle -> handle.createQuery(SEES).mapTo(String.class).one());
      ctx.header(CHANGE, TransactionSnapshot.ofPostgres(sees).text());
    } catch (JdbiException e) {
      // the command is done, and its answer says so
      log.warn("{} {} is answered without {}: {}", ctx.method(), ctx.path(), CHANGE, e.toString());
    }
  }

  /**
   * What a request for the status has to show.
   *
   * @throws ProblemException 400 when it is not what the answer of a command has
   */
  static Optional<TransactionSnapshot> atLeast(Context ctx) {
    String text = ctx.header(AT_LEAST);
    if (text == null) {
      return Optional.empty();
    }
    Optional<TransactionSnapshot> change = TransactionSnapshot.parse(text);
    if (change.isEmpty()) {
      throw new ProblemException(
          Problem.of(
                  400,
                  "invalid_header",
                  "Bad Request",
                  AT_LEAST + " was '" + Problems.cut(text) + "'; allowed: what " + CHANGE + " said")
              .with("field", AT_LEAST));
    }
    return change;
  }
}
