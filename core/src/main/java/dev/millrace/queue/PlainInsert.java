package dev.millrace.queue;

import dev.millrace.db.Sql;
import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The rows of jobs that nothing can refuse: they have no unique key and no options. */
final class PlainInsert {
  private static final String ONE = Sql.of(PlainInsert.class, "one");
  private static final String ALIKE = Sql.of(PlainInsert.class, "alike");
  private static final String MANY = Sql.of(PlainInsert.class, "many");

  /**
   * So many jobs go as rows of values, the statement of each number prepared once: arrays would be
   * planned for anew each time.
   */
  private static final int FEW = 16;

  private static final List<String> ROWS =
      IntStream.rangeClosed(0, FEW).mapToObj(PlainInsert::rows).toList();

  /** Ready at once, and without a key or option that could refuse it. */
  static boolean fits(NewJob job) {
    return job.uniqueKey().isEmpty()
        && job.delay().isZero()
        && job.maxAttempts().isPresent()
        && job.options().equals(JobOptions.NONE);
  }

  /**
   * Inserts jobs in one statement: all of them, or none.
   *
   * @return the ids in the order given
   */
  static List<Long> insert(Connection connection, List<NewJob> jobs) throws SQLException {
    return jobs.size() <= FEW ? few(connection, jobs, null) : many(connection, jobs, null);
  }

  private static String rows(int rows) {
    String row = ONE.substring(ONE.indexOf("(?"), ONE.indexOf("RETURNING"));
    return ONE.replace(row, String.join(",", Collections.nCopies(rows, row)));
  }

  /** At most {@link #FEW} jobs that {@linkplain #fits fit}, as rows of values. */
  static List<Long> few(Connection connection, List<NewJob> jobs, @Nullable Long parentId)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ROWS.get(jobs.size()))) {
      int at = 0;
      for (NewJob job : jobs) {
        statement.setString(++at, job.kind());
        statement.setString(++at, job.queue());
        statement.setInt(++at, job.priority());
        statement.setString(++at, job.payload());
        statement.setInt(++at, job.maxAttempts().getAsInt());
        statement.setString(++at, job.lockKey().orElse(null));
        statement.setObject(++at, parentId, Types.BIGINT);
        statement.setString(++at, job.backgroundWorker().orElse(null));
        statement.setString(++at, job.trigger().text());
      }
      return ids(statement);
    }
  }

  private static List<Long> ids(PreparedStatement statement) throws SQLException {
    List<Long> ids = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    return ids;
  }

  /** Jobs without unique keys and flow options; delays and open attempts are allowed. */
  static List<Long> many(Connection connection, List<NewJob> jobs, @Nullable Long parentId)
      throws SQLException {
    return areAlike(jobs) ? alike(connection, jobs, parentId) : unlike(connection, jobs, parentId);
  }

  /** Whether they differ in nothing but their payloads. */
  private static boolean areAlike(List<NewJob> jobs) {
    for (NewJob job : jobs) {
      if (!isLike(jobs.get(0), job)) {
        return false;
      }
    }
    return !jobs.isEmpty();
  }

  private static boolean isLike(NewJob one, NewJob other) {
    return one.kind().equals(other.kind())
        && one.queue().equals(other.queue())
        && one.priority() == other.priority()
        && one.delay().equals(other.delay())
        && one.maxAttempts().equals(other.maxAttempts())
        && one.lockKey().equals(other.lockKey())
        && one.backgroundWorker().equals(other.backgroundWorker())
        && one.trigger() == other.trigger();
  }

  /** What they share goes as one value each: an array for each would cost half as much again. */
  private static List<Long> alike(Connection connection, List<NewJob> jobs, @Nullable Long parentId)
      throws SQLException {
    NewJob job = jobs.get(0);
    long delay = job.delay().toMillis();
    try (PreparedStatement statement = connection.prepareStatement(ALIKE)) {
      statement.setString(1, job.kind());
      statement.setString(2, job.queue());
      statement.setString(3, delay > 0 ? "scheduled" : "queued");
      statement.setInt(4, job.priority());
      statement.setLong(5, delay);
      statement.setObject(6, JobInsert.maxAttempts(job), Types.INTEGER);
      statement.setString(7, job.kind());
      statement.setString(8, job.lockKey().orElse(null));
      statement.setObject(9, parentId, Types.BIGINT);
      statement.setString(10, job.backgroundWorker().orElse(null));
      statement.setString(11, job.trigger().text());
      statement.setArray(12, texts(connection, jobs, NewJob::payload));
      return ids(statement);
    }
  }

  private static List<Long> unlike(
      Connection connection, List<NewJob> jobs, @Nullable Long parentId) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(MANY)) {
      statement.setObject(1, parentId, Types.BIGINT);
      statement.setArray(2, texts(connection, jobs, NewJob::kind));
      statement.setArray(3, texts(connection, jobs, NewJob::queue));
      statement.setObject(4, jobs.stream().mapToLong(job -> job.delay().toMillis()).toArray());
      statement.setObject(5, jobs.stream().mapToInt(NewJob::priority).toArray());
      statement.setArray(6, texts(connection, jobs, NewJob::payload));
      statement.setArray(
          7,
          connection.createArrayOf(
              "integer", jobs.stream().map(JobInsert::maxAttempts).toArray(Integer[]::new)));
      statement.setArray(8, texts(connection, jobs, job -> job.lockKey().orElse(null)));
      statement.setArray(9, texts(connection, jobs, job -> job.backgroundWorker().orElse(null)));
      statement.setArray(10, texts(connection, jobs, job -> job.trigger().text()));
      return ids(statement);
    }
  }

  /** An array of strings goes over the wire as it is; one of objects would be quoted and parsed. */
  private static Array texts(
      Connection connection, List<NewJob> jobs, Function<NewJob, @Nullable String> field)
      throws SQLException {
    return connection.createArrayOf("text", jobs.stream().map(field).toArray(String[]::new));
  }

  private PlainInsert() {}
}
