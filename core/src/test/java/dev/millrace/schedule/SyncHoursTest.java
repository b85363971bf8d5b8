package dev.millrace.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyncHoursTest {
  @Test
  void sync_hours_are_counted_from_midnight() {
    assertThat(new SyncHours(8).cron()).isEqualTo("0 0,8,16 * * *");
    assertThat(new SyncHours(24).cron()).isEqualTo("0 0 * * *");
    assertThat(new SyncHours(5).cron()).isEqualTo("0 0,5,10,15,20 * * *");
    for (int hours = 1; hours <= 24; hours++) {
      Schedule schedule = Schedule.cron(new SyncHours(hours).cron(), "UTC");
      List<Instant> day =
          schedule.slots(at("2026-02-28T23:59:59Z"), at("2026-03-01T23:59:59Z"), 99);
      assertThat(day).hasSize((24 + hours - 1) / hours).startsWith(at("2026-03-01T00:00:00Z"));
    }
    for (int hours : Arrays.asList(0, 25, -1)) {
      assertThatThrownBy(() -> new SyncHours(hours))
          .hasMessage("SYNC_INTERVAL_HOURS must be 1 to 24, was '" + hours + "'");
    }
  }

  @Test
  void an_interval_that_does_not_divide_the_day_is_explained() {
    assertThat(new SyncHours(5).unevenNote())
        .contains(
            "SYNC_INTERVAL_HOURS is 5, which does not divide 24: a sync starts at 0, 5, 10, 15, 20 h of each day, the last interval of a day has 4 h");
    for (int hours = 1; hours <= 24; hours++) {
      SyncHours interval = new SyncHours(hours);
      assertThat(interval.unevenNote().isEmpty()).isEqualTo(24 % hours == 0);
      assertThat(SyncHours.ofCron(interval.cron()).map(SyncHours::cron)).contains(interval.cron());
    }
    assertThat(SyncHours.ofCron("30 1 * * *")).isEmpty();
  }

  private static Instant at(String text) {
    return Instant.parse(text);
  }
}
