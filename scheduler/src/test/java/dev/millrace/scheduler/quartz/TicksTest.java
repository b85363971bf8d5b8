package dev.millrace.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schedule.Schedule;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.quartz.CronExpression;

class TicksTest {
  private static final List<String> DAYS =
      List.of(
          "2026-02-28T00:00:00Z",
          "2026-03-29T00:00:00Z",
          "2026-10-25T00:00:00Z",
          "2026-10-03T12:00:00Z");

  @Test
  void an_interval_ticks_at_its_largest_divisor() {
    assertThat(ticksEach(1)).isEqualTo("0/1 * * * * ?");
    assertThat(ticksEach(45)).isEqualTo("0/15 * * * * ?");
    assertThat(ticksEach(60)).isEqualTo("0 0/1 * * * ?");
    assertThat(ticksEach(90)).isEqualTo("0/30 * * * * ?");
    assertThat(ticksEach(600)).isEqualTo("0 0/10 * * * ?");
    assertThat(ticksEach(5400)).isEqualTo("0 0/30 * * * ?");
    assertThat(ticksEach(8 * 3600)).isEqualTo("0 0 0/8 * * ?");
    assertThat(ticksEach(86_400)).isEqualTo("0 0 0 * * ?");
    assertThat(ticksEach(601)).isEqualTo("0/1 * * * * ?");
  }

  @Test
  void every_slot_of_an_interval_is_a_tick_that_quartz_can_store() throws ParseException {
    for (int seconds = 1; seconds <= 200_000; seconds += seconds < 4000 ? 1 : 599) {
      everySlotIsATick(Schedule.every(Duration.ofSeconds(seconds)));
    }
  }

  @Test
  void every_slot_of_an_expression_is_a_tick_in_every_zone() throws ParseException {
    for (String zone :
        List.of(
            "UTC",
            "Z",
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "+05:30")) {
      for (String cron :
          List.of(
              "*/2 6-22 * * *; */10 23,0-5 * * *",
              "0 0,8,16 * * *",
              "30 2 * * *",
              "15 2,3 * * 1-5",
              "1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31,33,35,37,39,41,43,45,47,49 * * * *",
              "10,20 0/7 3 ? * MON-FRI",
              "*/5 * * * * ?")) {
        everySlotIsATick(Schedule.cron(cron, zone));
      }
    }
  }

  @Test
  void in_utc_quartz_ticks_at_nothing_but_slots_of_one_expression() {
    assertThat(Ticks.of(Schedule.cron("0 0,8,16 * * *", "UTC"))).isEqualTo("0 0 0,8,16 * * ?");
  }

  private static String ticksEach(long seconds) {
    return Ticks.of(Schedule.every(Duration.ofSeconds(seconds)));
  }

  private static void everySlotIsATick(Schedule schedule) throws ParseException {
    String text = Ticks.of(schedule);
    assertThat(text.length()).isLessThanOrEqualTo(120);
    CronExpression ticks = new CronExpression(text);
    ticks.setTimeZone(TimeZone.getTimeZone("UTC"));
    for (String day : DAYS) {
      for (Instant slot : schedule.next(Instant.parse(day), 10)) {
        assertThat(ticks.isSatisfiedBy(Date.from(slot)))
            .as("%s, slot %s, ticks %s", schedule, slot, text)
            .isTrue();
      }
    }
  }
}
