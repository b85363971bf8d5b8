package dev.millrace.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SqlTest {
  @Test
  void a_statement_is_read_without_its_lines_of_comment() {
    assertThat(Sql.of(SqlTest.class, "commented"))
        .isEqualTo("SELECT '-- kept' AS text,\n       1 - -1 AS number");
  }

  @Test
  void a_missing_statement_is_named() {
    assertThatThrownBy(() -> Sql.of(SqlTest.class, "absent"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/dev/millrace/db/SqlTest/absent.sql");
  }
}
