package dev.millrace.app.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.app.doctor.Finding;
import dev.millrace.app.doctor.PostgresFindings;
import dev.millrace.app.error.UserError;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.testing.TestServices;
import org.junit.jupiter.api.Test;

class TransactionPoolerTest {
  private final DatabaseUrl url = TestServices.emptyDatabase();

  @Test
  void a_pooler_that_lends_by_transaction_is_refused_with_the_way_out() throws Exception {
    int port = Integer.parseInt(url.jdbc().replaceFirst(".*:([0-9]+)/.*", "$1"));
    try (LendingPooler pooler = new LendingPooler(port)) {
      DatabaseUrl through =
          new DatabaseUrl(
              // the pooler has logged in once; it asks its own clients for nothing
              url.jdbc()
                  .replace(":" + port + "/", ":" + pooler.port() + "/")
                  .replace("requireAuth=scram-sha-256", "requireAuth=none,scram-sha-256"),
              url.user(),
              url.password());
      assertThatThrownBy(() -> ProcessContext.connect(through, "test", 1).close())
          .isInstanceOf(UserError.class)
          .hasMessageContaining("lends connections by transaction")
          .hasMessageContaining("pool_mode = session");
      assertThat(PostgresFindings.of(through, PostgresFindings.Limits.DEFAULT))
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.severity()).isEqualTo(Finding.Severity.FAIL);
                assertThat(finding.code()).isEqualTo("transaction_pooler");
                assertThat(finding.message()).contains("pool_mode = session");
              });
    }
  }

  @Test
  void postgres_itself_is_taken() {
    try (Database database = ProcessContext.connect(url, "test", 1)) {
      String one =
          database.jdbi().withHandle(h -> h.select("SELECT '1'").mapTo(String.class).one());
      assertThat(one).isEqualTo("1");
    }
  }
}
