package dev.millrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.json.Json;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MomentsTest {
  private static final Moments BERLIN =
      new Moments(Instant.parse("2026-11-27T23:30:00Z"), ZoneId.of("Europe/Berlin"));

  @ParameterizedTest
  @CsvSource({
    "2026-11-27T23:29:58Z, 2 s ago, 00:29:58 (2 s ago)",
    "2026-11-27T23:28:00Z, 2 min ago, 00:28:00 (2 min ago)",
    "2026-11-27T22:30:00Z, 60 min ago, 2026-11-27 23:30:00 (60 min ago)",
    "2026-11-27T20:30:00Z, 3 h ago, 2026-11-27 21:30:00 (3 h ago)",
    "2026-11-24T23:30:00Z, 3 d ago, 2026-11-25 00:30:00 (3 d ago)",
    "2026-11-27T23:45:00.5Z, in 15 min, 00:45:00 (in 15 min)",
    "never, never, never"
  })
  void a_moment_is_shown_by_its_distance_and_by_the_local_clock(
      String at, String relative, String both) {
    var row = Json.mapper().createObjectNode().put("at", at);
    assertThat(BERLIN.relative(row, "at")).isEqualTo(relative);
    assertThat(BERLIN.both(row, "at")).isEqualTo(both);
  }

  @ParameterizedTest
  @CsvSource({"0, 0 ms", "999, 999 ms", "1300, 1.3 s", "119999, 120.0 s", "130000, 2 min"})
  void a_duration_has_a_unit(long millis, String text) {
    assertThat(Moments.took(millis)).isEqualTo(text);
  }
}
