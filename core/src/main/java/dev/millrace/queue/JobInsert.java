package dev.millrace.queue;

import dev.millrace.MillraceException;
import dev.millrace.db.RefusedException;
import dev.millrace.db.Sql;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The rows of new jobs: the cheapest statement that can insert them. */
final class JobInsert {
  private static final String INSERT = Sql.of(JobInsert.class, "insert");
  private static final String HOLDER = Sql.of(JobInsert.class, "holder");
  private static final int HOLDER_TRIES = 10;

  /** The payloads of one statement, in characters. */
  private static final long MAX_CHARACTERS = 2_000_000;

  private JobInsert() {}

  /** Inserts jobs in the order given; several statements when one of them has keys or options. */
  static List<Enqueued> all(Handle handle, List<NewJob> jobs, @Nullable Long parentId) {
    if (areSimple(jobs)) {
      return many(handle, jobs, parentId);
    }
    List<Enqueued> answers = new ArrayList<>(jobs.size());
    jobs.forEach(job -> answers.add(one(handle, job, parentId)));
    return answers;
  }

  /** Whether one statement inserts them all, so that no transaction is needed. */
  static boolean takesOneStatement(List<NewJob> jobs) {
    long characters = jobs.stream().mapToLong(job -> job.payload().length()).sum();
    return characters <= MAX_CHARACTERS && areSimple(jobs);
  }

  /** Whether no key or option of theirs can refuse a row. */
  private static boolean areSimple(List<NewJob> jobs) {
    for (NewJob job : jobs) {
      if (job.uniqueKey().isPresent() || !job.options().equals(JobOptions.NONE)) {
        return false;
      }
    }
    return true;
  }

  /** Inserts one job, or finds the unfinished job that holds its unique key. */
  static Enqueued one(Handle handle, NewJob job, @Nullable Long parentId) {
    if (!job.options().equals(JobOptions.NONE)) {
      return OptionsInsert.insert(handle, job, parentId);
    }
    try {
      if (PlainInsert.fits(job)) {
        long id = PlainInsert.few(handle.getConnection(), List.of(job), parentId).get(0);
        return new Enqueued(id, true);
      }
      for (int tries = 0; tries < HOLDER_TRIES; tries++) {
        Optional<Long> id = insertOne(handle.getConnection(), job, parentId);
        if (id.isPresent()) {
          return new Enqueued(id.get(), true);
        }
        Optional<Long> holder = holder(handle.getConnection(), job);
        if (holder.isPresent()) {
          return new Enqueued(holder.get(), false);
        }
        // the holder finished between the two statements: the key is free again
      }
      throw new QueueException(
          "the unique key of a "
              + job.kind()
              + " job changed hands too often; nothing was enqueued");
    } catch (SQLException e) {
      throw refused(job, e);
    }
  }

  static List<Long> through(DataSource pool, List<NewJob> jobs) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return PlainInsert.insert(connection, jobs);
    }
  }

  static MillraceException refused(NewJob job, SQLException e) {
    if (isUnknownKind(e)) {
      return unknownKind("'" + job.kind() + "'", e);
    }
    return new QueueException("a job of kind " + job.kind() + " could not be enqueued", e);
  }

  /** Whether the installation refuses kinds that no queue worker has registered. */
  private static boolean isUnknownKind(SQLException e) {
    return "23503".equals(e.getSQLState())
        && String.valueOf(e.getMessage()).contains("jobs_kind_is_known");
  }

  private static RefusedException unknownKind(String kinds, SQLException e) {
    return new RefusedException(
        "kind", "kind: no queue worker knows " + kinds + ", and unknown kinds are refused", e);
  }

  private static Optional<Long> insertOne(
      Connection connection, NewJob job, @Nullable Long parentId) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      long delay = job.delay().toMillis();
      statement.setString(1, job.kind());
      statement.setString(2, job.queue());
      statement.setLong(3, delay);
      statement.setInt(4, job.priority());
      statement.setString(5, job.payload());
      statement.setLong(6, delay);
      statement.setObject(7, maxAttempts(job), Types.INTEGER);
      statement.setString(8, job.kind());
      statement.setString(9, job.lockKey().orElse(null));
      statement.setString(10, job.uniqueKey().orElse(null));
      statement.setObject(11, parentId, Types.BIGINT);
      statement.setString(12, job.backgroundWorker().orElse(null));
      statement.setString(13, job.trigger().text());
      return id(statement);
    }
  }

  /** Null: the kind's. */
  static @Nullable Integer maxAttempts(NewJob job) {
    return job.maxAttempts().isPresent() ? job.maxAttempts().getAsInt() : null;
  }

  private static Optional<Long> holder(Connection connection, NewJob job) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(HOLDER)) {
      statement.setString(1, job.uniqueKey().orElseThrow());
      statement.setString(2, job.kind());
      return id(statement);
    }
  }

  private static Optional<Long> id(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
    }
  }

  /** Jobs with long payloads in several statements: the driver copies what one is given. */
  static List<Enqueued> many(Handle handle, List<NewJob> jobs, @Nullable Long parentId) {
    List<Enqueued> created = new ArrayList<>(jobs.size());
    try {
      int from = 0;
      long characters = 0;
      for (int to = 1; to <= jobs.size(); to++) {
        characters += jobs.get(to - 1).payload().length();
        if (to == jobs.size() || characters > MAX_CHARACTERS) {
          created.addAll(
              created(PlainInsert.many(handle.getConnection(), jobs.subList(from, to), parentId)));
          from = to;
          characters = 0;
        }
      }
      return created;
    } catch (SQLException e) {
      if (isUnknownKind(e)) {
        throw unknownKind("a kind of these " + jobs.size() + " jobs", e);
      }
      throw new QueueException(jobs.size() + " jobs could not be enqueued; none of them was", e);
    }
  }

  /** The answers for rows that were inserted. */
  static List<Enqueued> created(List<Long> ids) {
    return ids.stream().map(id -> new Enqueued(id, true)).toList();
  }
}
