package dev.millrace.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.testing.TestServices;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;

class TransactionSnapshotTest {
  private static TransactionSnapshot of(String text) {
    return TransactionSnapshot.ofPostgres(text);
  }

  @Test
  void one_includes_another_when_all_that_had_ended_then_has_ended() {
    assertThat(of("10:12:10").includes(of("10:12:10"))).isTrue();
    assertThat(of("10:13:10").includes(of("10:12:10"))).as("10 runs in both").isTrue();
    assertThat(of("10:13:10").includes(of("12:12:"))).as("10 had ended").isFalse();
    assertThat(of("13:13:").includes(of("10:12:10"))).isTrue();
    assertThat(of("12:14:12,13").includes(of("12:12:"))).as("both began later").isTrue();
    assertThat(of("12:12:").includes(of("13:13:"))).as("12 had ended").isFalse();
  }

  @Test
  void its_text_is_read_back() {
    for (String text : List.of("10:10:", "10:12:10", "10:20:10,15,19")) {
      TransactionSnapshot snapshot = of(text);
      assertThat(TransactionSnapshot.parse(snapshot.text())).contains(snapshot);
    }
  }

  @Test
  void a_text_without_all_that_ran_asks_for_more_and_stays_in_order() {
    String running =
        LongStream.range(100, 200).mapToObj(Long::toString).collect(Collectors.joining(","));
    TransactionSnapshot whole = of("100:300:" + running);
    TransactionSnapshot read = TransactionSnapshot.parse(whole.text()).orElseThrow();

    assertThat(read.running()).hasSize(TransactionSnapshot.MOST_RUNNING);
    assertThat(read).isEqualByComparingTo(whole);
    assertThat(whole.includes(read)).isFalse();
    assertThat(of("300:300:").includes(read)).isTrue();
  }

  @Test
  void what_is_no_such_text_is_none() {
    for (String text :
        List.of(
            "",
            "1",
            "1:2",
            "1:2:3:4",
            "a:2:",
            "3:2:",
            "1:2:2",
            "1:2:,",
            "1:2:1,",
            "-1:2:",
            "1:2:1 ",
            "1:9999999999999999999:",
            "1:2:" + "1,".repeat(60) + "1")) {
      assertThat(TransactionSnapshot.parse(text)).as(text).isEmpty();
    }
  }

  @Test
  void a_commit_is_in_each_snapshot_that_is_taken_after_it_and_in_none_before() {
    try (Database database = Database.open(TestServices.freshDatabase(), "test", 3)) {
      database.jdbi().useHandle(handle -> handle.execute("CREATE TABLE public.effects (id int)"));
      try (Handle slow = database.jdbi().open();
          Handle quick = database.jdbi().open()) {
        slow.begin();
        slow.execute("INSERT INTO public.effects VALUES (1)");
        TransactionSnapshot before = now(quick);
        quick.execute("INSERT INTO public.effects VALUES (2)");
        TransactionSnapshot between = now(quick);
        slow.commit();
        TransactionSnapshot after = now(quick);

        assertThat(List.of(before, between, after)).isSorted();
        assertThat(between.includes(before)).isTrue();
        assertThat(before.includes(between)).isFalse();
        assertThat(between.includes(after)).as("the slow one ran then").isFalse();
        assertThat(after.includes(between)).isTrue();
      }
    }
  }

  private static TransactionSnapshot now(Handle handle) {
    return of(handle.select("SELECT pg_current_snapshot()::text").mapTo(String.class).one());
  }
}
