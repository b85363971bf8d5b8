package dev.millrace.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Clocks of servers that differ from the one of this machine. */
class ClocksTest {
  private static Optional<Finding> ahead(Duration ahead) {
    return Clocks.compare("Postgres", () -> Instant.now().plus(ahead));
  }

  @Test
  void a_clock_that_is_ahead_or_behind_is_warned_of_with_its_seconds() {
    Finding ahead = ahead(Duration.ofSeconds(30).plusMillis(500)).orElseThrow();
    assertThat(ahead.severity()).isEqualTo(Finding.Severity.WARN);
    assertThat(ahead.code()).isEqualTo("clock_skew");
    assertThat(ahead.message()).contains("Postgres is 30 s ahead of that of this machine");
    assertThat(ahead(Duration.ofSeconds(-30).minusMillis(500)).orElseThrow().message())
        .contains("30 s behind");
  }

  @Test
  void a_second_of_difference_is_no_finding() {
    assertThat(ahead(Duration.ofSeconds(1))).isEmpty();
    assertThat(ahead(Duration.ofSeconds(-1))).isEmpty();
  }
}
