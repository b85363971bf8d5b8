package dev.millrace.scheduler.leader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SweepTest {
  private static final long BOUND = 1_000_000;

  private final Sweep sweep = new Sweep(0, 1_000);

  @Test
  void a_window_that_cost_too_much_is_followed_by_a_quarter_of_it() {
    assertThat(sweep.high(BOUND)).as("nothing is known to be in the way").isEqualTo(BOUND);
    Duration round = sweep.passed(BOUND, Duration.ofMillis(300));
    assertThat(round).isEqualTo(Duration.ofMillis(300));
    assertThat(sweep.low()).isZero();
    assertThat(sweep.high(BOUND)).isEqualTo(BOUND / 4);
  }

  @Test
  void a_round_begins_as_narrow_as_the_one_before_had_to_be() {
    sweep.tooWide(BOUND);
    assertThat(sweep.passed(BOUND, Duration.ofMillis(100))).isNull();
    long narrow = sweep.high(BOUND) - sweep.low();
    assertThat(narrow).isEqualTo(BOUND / 16);
    Duration round = null;
    for (int i = 0; i < 20 && round == null; i++) {
      round = sweep.passed(BOUND, Duration.ofMillis(1));
    }
    assertThat(round).isNotNull();
    assertThat(sweep.high(BOUND)).isEqualTo(narrow);
  }

  @Test
  void windows_grow_wide_again_when_nothing_is_in_the_way() {
    sweep.tooWide(BOUND);
    for (int i = 0; i < 20; i++) {
      sweep.passed(BOUND, Duration.ofMillis(1));
    }
    sweep.restart();
    assertThat(sweep.high(BOUND)).isEqualTo(BOUND);
  }
}
