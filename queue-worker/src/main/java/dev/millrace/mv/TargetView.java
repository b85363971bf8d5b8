package dev.millrace.mv;

/**
 * A materialized view as the catalog has it at this moment.
 *
 * @param name as it was asked for; logs and errors say this
 * @param sqlName schema and name, quoted by Postgres: the only form that is ever put into a
 *     statement
 * @param populated false: it was made WITH NO DATA and can only be filled plain
 * @param uniqueIndex whether an index serves CONCURRENTLY: unique, valid, immediate, over plain
 *     columns, without WHERE
 */
record TargetView(long oid, String name, String sqlName, boolean populated, boolean uniqueIndex) {

  Mode mode() {
    return populated && uniqueIndex ? Mode.CONCURRENTLY : Mode.PLAIN;
  }
}
