package dev.millrace.db;

import java.time.Duration;

/**
 * How long a connection may wait. Zero: without limit. The server ends a statement before the
 * client gives up its answer, so that no statement is left running without a reader.
 *
 * @param lock for a lock that another session holds
 * @param statement for one statement, with what it waits for
 * @param idle inside a transaction, without a statement: a process that is frozen there must not
 *     keep its rows locked
 * @param silence for the next byte of the server, longer than {@code statement}
 */
public record Limits(Duration lock, Duration statement, Duration idle, Duration silence) {

  /** For every statement of Millrace that is not named below. */
  public static final Limits OWN =
      new Limits(
          Duration.ofSeconds(2),
          Duration.ofSeconds(8),
          Duration.ofSeconds(10),
          Duration.ofSeconds(15));

  /**
   * For migrations and for tools that measure or prepare: a statement of theirs takes as long as
   * the data is large. Only a network that is silent for hours ends it.
   */
  public static final Limits LONG =
      new Limits(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofHours(6));

  /** From here on the server cancels a statement whose client is gone, where it can tell. */
  private static final Duration CLIENT_CHECK = Duration.ofSeconds(2);

  public Limits {
    if (!silence.isZero() && silence.compareTo(statement) <= 0) {
      throw new IllegalArgumentException(
          "silence must be longer than statement (" + statement + "), was " + silence);
    }
  }

  /**
   * What sets them in a session. Not in the start-up packet, which a connection pooler may refuse.
   * A server before 14, or on a system that cannot tell that a client is gone, ends its statements
   * by their time-out alone.
   */
  String sql() {
    return "SET lock_timeout = "
        + lock.toMillis()
        + "; SET statement_timeout = "
        + statement.toMillis()
        + "; SET idle_in_transaction_session_timeout = "
        + idle.toMillis()
        + "; DO $$BEGIN PERFORM set_config('client_connection_check_interval', '"
        + CLIENT_CHECK.toMillis()
        + "', false);"
        + " EXCEPTION WHEN undefined_object OR invalid_parameter_value THEN NULL; END$$";
  }
}
