package dev.millrace.status;

import dev.millrace.db.ConnectionFailure;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Reads the parts of one snapshot in its transaction, each alone: a part that fails is left out and
 * noted, and so is a row that cannot be read. Failures of the connection end the snapshot. For one
 * thread.
 */
final class SnapshotParts {
  private final Handle transaction;
  private final TransactionSnapshot sees;
  private final Defects.Found defects;
  private final List<String> old = new ArrayList<>();
  private final Map<String, TransactionSnapshot> earlier = new HashMap<>();

  /** Of the snapshot that a transaction sees. */
  SnapshotParts(Handle transaction, TransactionSnapshot sees, Defects.Found defects) {
    this.transaction = transaction;
    this.sees = sees;
    this.defects = defects;
  }

  /** A part, or {@code otherwise} when it cannot be read. */
  <T> T read(String part, T otherwise, Function<Handle, T> reading) {
    transaction.savepoint(part);
    try {
      T read = reading.apply(transaction);
      transaction.releaseSavepoint(part);
      return read;
    } catch (RuntimeException e) {
      if (ConnectionFailure.explains(e)) {
        throw e;
      }
      transaction.rollbackToSavepoint(part);
      defects.note(part, "all of it", e);
      return otherwise;
    }
  }

  /** The rows of a part, without those that cannot be read. */
  <T> List<T> rows(String part, Function<Handle, Query> query, RowMapper<T> mapper) {
    return read(part, List.of(), handle -> allRows(handle, part, query, mapper));
  }

  /** As {@link #rows}, at the pace of the part. */
  <T> List<T> rows(PacedPart<List<T>> paced, Function<Handle, Query> query, RowMapper<T> mapper) {
    return read(paced, List.of(), handle -> allRows(handle, paced.name(), query, mapper));
  }

  /** As {@link #read}, at the pace of the part. */
  <T> T read(PacedPart<T> paced, T otherwise, Function<Handle, T> reading) {
    T read = read(paced.name(), otherwise, handle -> paced.read(handle, sees, reading));
    if (paced.isOld()) {
      old.add(paced.name());
    }
    paced
        .readIn()
        .filter(readIn -> !readIn.equals(sees))
        .ifPresent(readIn -> earlier.put(paced.name(), readIn));
    return read;
  }

  /** What the snapshot shows. */
  Sight sight() {
    return new Sight(sees, earlier);
  }

  /** The parts that are shown as they were read more than some seconds ago. */
  List<String> old() {
    return List.copyOf(old);
  }

  private <T> List<T> allRows(
      Handle handle, String part, Function<Handle, Query> query, RowMapper<T> mapper) {
    List<T> rows = new ArrayList<>();
    query
        .apply(handle)
        .map((row, context) -> row(part, mapper, row, context))
        .forEach(row -> row.ifPresent(rows::add));
    return rows;
  }

  private <T> Optional<T> row(
      String part, RowMapper<T> mapper, ResultSet row, StatementContext context)
      throws SQLException {
    try {
      return Optional.of(mapper.map(row, context));
    } catch (SQLException | RuntimeException e) {
      if (ConnectionFailure.explains(e)) {
        throw e;
      }
      defects.note(part, "the row of " + row.getString(1), e);
      return Optional.empty();
    }
  }
}
