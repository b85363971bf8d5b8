package dev.millrace.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InterruptionTest {
  private final AtomicLong clock = new AtomicLong();
  private final Interruption interruption = new Interruption("a claim", clock::get);

  @Test
  void an_outage_of_three_minutes_is_five_lines_however_often_it_is_tried() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i <= 360; i++) {
      interruption.failed("Postgres is away").ifPresent(lines::add);
      clock.addAndGet(Duration.ofMillis(500).toNanos());
    }
    interruption.worked().ifPresent(lines::add);
    assertThat(lines)
        .containsExactly(
            "a claim failed and is tried until it works: Postgres is away",
            "a claim has failed for 60 s, 121 times: Postgres is away",
            "a claim has failed for 120 s, 241 times: Postgres is away",
            "a claim has failed for 180 s, 361 times: Postgres is away",
            "a claim works again after 180 s; 361 failed");
  }

  @Test
  void what_works_says_nothing() {
    assertThat(interruption.worked()).isEmpty();
  }

  @Test
  void the_next_outage_is_told_of_at_once() {
    assertThat(interruption.failed("away")).isPresent();
    assertThat(interruption.failed("away")).isEmpty();
    assertThat(interruption.worked()).isPresent();
    assertThat(interruption.failed("away")).isPresent();
  }
}
