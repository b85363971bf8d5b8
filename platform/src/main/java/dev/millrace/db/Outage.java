package dev.millrace.db;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why Postgres cannot do at the moment what it could at another: not the fault of who asked, who
 * may ask again.
 *
 * @param kind in one word
 * @param sentence for the operator: what is away, and what to do
 */
public record Outage(Kind kind, String sentence) {

  /** What is out. */
  public enum Kind {
    /** It cannot be reached, or takes no connection. */
    AWAY,
    /** It reads, and does not write. */
    READ_ONLY,
    /** Its disk, its memory or its connections are used up. */
    FULL,
    /** Another session is in the way, or the machine too slow. */
    BUSY
  }

  /** Whether a failure is one; by the code of the deepest SQL exception that has one. */
  public static Optional<Outage> of(Throwable failure) {
    Optional<String> state = SqlStates.deepest(failure);
    if (state.isPresent()) {
      Optional<Outage> known = of(state.get());
      if (known.isPresent()) {
        return known;
      }
    }
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (cause instanceof SQLTransientConnectionException) {
        return Optional.of(
            state.isPresent() || cause.getCause() != null
                ? away("Postgres takes no connection: " + lastWords(failure))
                : new Outage(
                    Kind.BUSY,
                    "all connections of this process to Postgres are in use: "
                        + cause.getMessage()));
      }
      if (cause instanceof IOException && wasSql(failure)) {
        return Optional.of(away("Postgres is away: " + cause.getMessage()));
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  private static Optional<Outage> of(String state) {
    Outage outage =
        switch (state) {
          case "57P01", "57P02", "57P03" -> away("Postgres is stopping or starting");
          case "57014" ->
              new Outage(Kind.BUSY, "Postgres took longer than a statement of Millrace's may take");
          case "55P03" ->
              new Outage(
                  Kind.BUSY, "another session of Postgres holds a lock on what is to be changed");
          case "40001", "40P01" ->
              new Outage(Kind.BUSY, "another change was made at the same moment; nothing was done");
          case "25006" ->
              new Outage(
                  Kind.READ_ONLY,
                  "Postgres is read-only: a standby, or default_transaction_read_only is on");
          case "53100" -> new Outage(Kind.FULL, "the disk of Postgres is full");
          case "53200" -> new Outage(Kind.FULL, "Postgres has no memory left");
          case "53300" -> new Outage(Kind.FULL, "Postgres has no connection left: max_connections");
          case "3D000" -> away("the database of Millrace does not exist");
          default -> byClass(state);
        };
    return outage == null ? Optional.empty() : Optional.of(outage);
  }

  private static @Nullable Outage byClass(String state) {
    return switch (state.substring(0, Math.min(2, state.length()))) {
      case "08" -> away("Postgres is away");
      case "28" -> away("Postgres refuses Millrace's login");
      case "53" -> new Outage(Kind.FULL, "Postgres has used up a resource");
      case "58" -> away("Postgres cannot read or write its files");
      default -> null;
    };
  }

  private static Outage away(String sentence) {
    return new Outage(Kind.AWAY, sentence);
  }

  private static boolean wasSql(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (cause instanceof SQLException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static String lastWords(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause.getCause() != null && depth < 20; depth++) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  /** One line for a log: what is out, or what the failure says of itself. */
  public static String describe(Throwable failure) {
    return of(failure)
        .map(Outage::sentence)
        .orElseGet(() -> String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
  }
}
