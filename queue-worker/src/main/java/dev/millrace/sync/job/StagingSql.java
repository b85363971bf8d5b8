package dev.millrace.sync.job;

import org.jdbi.v3.core.statement.ParsedSql;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Statements that name {@code millrace.sync_staging_JOB}, for one job. Jdbi gets the same text for
 * every job and finds its parameters once; the table's name is put in behind that. A text of each
 * job's own would be parsed for each, which took two thirds of the time of a small sheet.
 */
record StagingSql(SqlParser parser, long job) implements SqlParser {
  private static final String TABLE = "sync_staging_JOB";

  /** A statement of Jdbi, for this job. */
  static <T extends SqlStatement<T>> T of(long job, T statement) {
    return statement.configure(
        SqlStatements.class, all -> all.setSqlParser(new StagingSql(all.getSqlParser(), job)));
  }

  /** The text of a statement without parameters. */
  static String text(long job, String statement) {
    return statement.replace(TABLE, "sync_staging_" + job);
  }

  @Override
  public ParsedSql parse(String sql, StatementContext context) {
    ParsedSql parsed = parser.parse(sql, context);
    return ParsedSql.of(text(job, parsed.getSql()), parsed.getParameters());
  }

  @Override
  public String nameParameter(String name, StatementContext context) {
    return parser.nameParameter(name, context);
  }
}
