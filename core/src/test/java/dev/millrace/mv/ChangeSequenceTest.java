package dev.millrace.mv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.testing.TestServices;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Change sequences are raised before their writers commit: what the leader makes of that. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChangeSequenceTest {
  private final Database database = Database.open(TestServices.freshDatabase(), "test", 6);
  private final Jdbi jdbi = database.jdbi();

  @BeforeEach
  void clean() {
    execute(
        "DROP TABLE IF EXISTS public.part CASCADE",
        "TRUNCATE millrace.mv_views, millrace.mv_requests CASCADE",
        "CREATE TABLE public.part (id integer PRIMARY KEY, sku text NOT NULL)",
        "INSERT INTO public.part SELECT n, 'sku-' || n FROM generate_series(1, 10) n",
        "CREATE MATERIALIZED VIEW public.counted AS SELECT sku, count(*) AS n FROM public.part GROUP BY 1",
        "SELECT millrace.watch('part', 'counted')",
        "DELETE FROM millrace.mv_requests");
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void an_open_change_is_asked_for_again_after_its_commit() {
    try (Handle writer = jdbi.open()) {
      writer.begin();
      change(writer, 1);
      assertThat(poll()).isEqualTo(1);
      assertThat(poll()).isZero();
      writer.commit();
      assertThat(poll()).isEqualTo(1);
      assertThat(poll()).isZero();
    }
  }

  @Test
  void a_change_that_is_rolled_back_asks_at_most_once() {
    try (Handle writer = jdbi.open()) {
      writer.begin();
      change(writer, 1);
      writer.rollback();
      assertThat(poll()).isEqualTo(1);
      assertThat(poll()).isZero();
    }
  }

  @Test
  void a_writer_that_rolled_back_to_a_savepoint_is_waited_for() {
    try (Handle writer = jdbi.open()) {
      writer.begin();
      change(writer, 1);
      assertThat(poll()).isEqualTo(1);
      writer.savepoint("here");
      change(writer, 2);
      writer.rollbackToSavepoint("here");
      assertThat(poll()).isEqualTo(1);
      writer.commit();
      assertThat(poll()).isEqualTo(1);
    }
  }

  @Test
  void overlapping_writers_are_asked_for_as_each_of_them_ends() {
    Handle open = jdbi.open();
    open.begin();
    change(open, 1);
    assertThat(poll()).isEqualTo(1);
    for (int i = 2; i <= 10; i++) {
      Handle next = jdbi.open();
      next.begin();
      // The next one holds the sequence before the last one's change is asked for.
      change(next, i);
      assertThat(poll()).isEqualTo(1);
      open.commit();
      open.close();
      assertThat(poll()).as("writer %d has committed", i - 1).isEqualTo(1);
      assertThat(poll()).isZero();
      open = next;
    }
    open.commit();
    open.close();
    assertThat(poll()).isEqualTo(1);
    assertThat(poll()).isZero();
  }

  @Test
  void a_new_leader_knows_the_open_writers() {
    try (Handle writer = jdbi.open()) {
      writer.begin();
      change(writer, 1);
      try (Handle leader = jdbi.open()) {
        leader.execute("SELECT millrace.poll_counters()");
      }
      try (Handle dying = jdbi.open()) {
        dying.begin();
        dying.execute("SELECT millrace.poll_counters()");
        writer.commit();
        dying.execute("SELECT millrace.poll_counters()");
        dying.rollback();
      }
      execute("DELETE FROM millrace.mv_requests");
      assertThat(poll()).isEqualTo(1);
    }
  }

  @Test
  void an_uncommitted_unwatch_does_not_block_the_leader() {
    execute("UPDATE part SET sku = 'x' WHERE id = 1");
    try (Handle operator = jdbi.open()) {
      operator.begin();
      operator.execute("SELECT millrace.unwatch('part', 'counted')");
      assertThat(poll()).isZero();
      execute("SELECT millrace.drop_unused_change_seqs()");
      operator.rollback();
    }
    assertThat(poll()).isEqualTo(1);
  }

  @Test
  void an_unused_change_sequence_is_dropped() {
    execute("DELETE FROM millrace.mv_watches", "SELECT millrace.drop_unused_change_seqs()");
    execute("UPDATE part SET sku = 'x' WHERE id = 1");
    assertThat(poll()).isZero();
    execute("DROP TABLE part CASCADE", "SELECT millrace.drop_unused_change_seqs()");
    assertThat(
            texts(
                "SELECT relname FROM pg_class WHERE relnamespace = 'millrace'::regnamespace AND relname LIKE 'mv\\_change\\_seq%'"))
        .isEmpty();
  }

  @Test
  void a_broken_watch_says_so_and_watch_repairs_it() {
    assertThat(problems()).isEmpty();
    String triggers =
        texts("SELECT tgname FROM pg_trigger WHERE tgrelid = 'part'::regclass").get(0);
    for (String damage :
        List.of(
            "DROP TRIGGER " + triggers + " ON part",
            "ALTER TABLE part DISABLE TRIGGER USER",
            "DO $$ BEGIN EXECUTE 'DROP SEQUENCE ' || (SELECT change_seq FROM millrace.mv_watches); END $$")) {
      execute(damage);
      assertThat(problems()).as(damage).containsExactly("broken_watch");
      execute("SELECT millrace.poll_counters()", "SELECT millrace.watch('part', 'counted')");
      execute("DELETE FROM millrace.mv_requests");
      assertThat(problems()).isEmpty();
      execute("UPDATE part SET sku = 'x' WHERE id = 1");
      assertThat(poll()).as(damage).isEqualTo(1);
    }
  }

  private List<String> problems() {
    return texts("SELECT code FROM millrace.preflight('counted') WHERE code = 'broken_watch'");
  }

  private static void change(Handle writer, int id) {
    writer.execute("UPDATE part SET sku = sku || '!' WHERE id = ?", id);
  }

  /** What the leader's look asks for. */
  private long poll() {
    return jdbi.withHandle(
        handle -> {
          handle.execute("SET lock_timeout = '2s'");
          return handle.select("SELECT millrace.poll_counters()").mapTo(Long.class).one();
        });
  }

  private List<String> texts(String sql) {
    return jdbi.withHandle(handle -> handle.select(sql).mapTo(String.class).list());
  }

  private void execute(String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }
}
