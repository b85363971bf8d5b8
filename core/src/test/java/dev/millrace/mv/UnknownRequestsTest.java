package dev.millrace.mv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.db.Database;
import dev.millrace.testing.TestServices;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Names that a role without any right asks for, and that name no view. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnknownRequestsTest {
  private static final String ROLE = "asker_of_test";

  private final Database database = Database.open(TestServices.freshDatabase(), "test", 2);
  private final Jdbi jdbi = database.jdbi();

  @AfterAll
  void close() {
    jdbi.useHandle(h -> h.execute("DROP OWNED BY " + ROLE + "; DROP ROLE " + ROLE));
    database.close();
  }

  @Test
  void twenty_thousand_unknown_names_are_resolved_once_and_few_kept() {
    jdbi.useHandle(
        h -> h.execute("CREATE ROLE " + ROLE + "; GRANT USAGE ON SCHEMA millrace TO " + ROLE));
    asked("SELECT millrace.request_refresh('nosuch' || i) FROM generate_series(1, 20000) i");
    assertThat(count("SELECT count(*) FROM millrace.mv_requests")).isEqualTo(20_000);

    adopt();
    assertThat(count("SELECT count(*) FROM millrace.mv_requests")).isEqualTo(19_800);
    int looks = 1;
    while (count("SELECT count(*) FROM millrace.mv_requests") > 0) {
      adopt();
      looks++;
      assertThat(looks).isLessThanOrEqualTo(100);
    }

    jdbi.useHandle(
        h -> h.select("SELECT millrace.find_unknown_requests()").mapTo(String.class).findOne());
    assertThat(count("SELECT count(*) FROM millrace.mv_unknown_requests")).isEqualTo(200);
    jdbi.useHandle(
        h -> {
          h.execute(
              "UPDATE millrace.mv_unknown_requests SET last_asked_at = now() - interval '8 days'");
          h.select("SELECT millrace.find_unknown_requests()").mapTo(String.class).findOne();
        });
    assertThat(count("SELECT count(*) FROM millrace.mv_unknown_requests")).isZero();
    assertThatThrownBy(() -> asked("SELECT millrace.request_refresh(repeat('x', 301))"))
        .hasMessageContaining("view: must have at most 300 characters, had 301");
  }

  private void adopt() {
    jdbi.useHandle(
        h -> h.select("SELECT millrace.normalise_requests()").mapTo(String.class).findOne());
  }

  private void asked(String sql) {
    jdbi.useTransaction(
        h -> {
          h.execute("SET LOCAL ROLE " + ROLE);
          h.createQuery(sql).mapTo(String.class).list();
        });
  }

  private long count(String sql) {
    return jdbi.withHandle(h -> h.createQuery(sql).mapTo(Long.class).one());
  }
}
