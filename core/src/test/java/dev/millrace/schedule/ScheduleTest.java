package dev.millrace.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ScheduleTest {

  @Test
  void an_interval_has_its_slots_on_the_epoch() {
    Schedule schedule = Schedule.every(Duration.ofMinutes(10));
    assertThat(schedule.next(at("2026-03-01T10:07:30Z"))).contains(at("2026-03-01T10:10:00Z"));
    assertThat(schedule.next(at("2026-03-01T10:10:00Z"))).contains(at("2026-03-01T10:20:00Z"));
    assertThat(schedule.slotAtOrBefore(at("2026-03-01T10:10:00Z")))
        .contains(at("2026-03-01T10:10:00Z"));
    assertThat(schedule.slotAtOrBefore(at("2026-03-01T10:09:59.999Z")))
        .contains(at("2026-03-01T10:00:00Z"));
    assertThat(schedule.has(at("2026-03-01T10:10:00Z"))).isTrue();
    assertThat(schedule.has(at("2026-03-01T10:10:01Z"))).isFalse();
  }

  @Test
  void of_the_slots_between_two_instants_the_newest_are_kept() {
    Schedule schedule = Schedule.every(Duration.ofMinutes(1));
    assertThat(schedule.slots(at("2026-03-01T10:00:00Z"), at("2026-03-01T10:03:00Z"), 10))
        .containsExactly(
            at("2026-03-01T10:01:00Z"), at("2026-03-01T10:02:00Z"), at("2026-03-01T10:03:00Z"));
    assertThat(schedule.slots(at("2026-03-01T10:00:00Z"), at("2026-03-01T10:03:00Z"), 2))
        .containsExactly(at("2026-03-01T10:02:00Z"), at("2026-03-01T10:03:00Z"));
  }

  @Test
  void the_next_five_of_several_expressions_are_merged() {
    Schedule schedule = Schedule.cron("*/2 6-22 * * *; */10 23,0-5 * * *", "UTC");
    assertThat(schedule.next(at("2026-03-01T22:55:00Z"), 5))
        .containsExactly(
            at("2026-03-01T22:56:00Z"),
            at("2026-03-01T22:58:00Z"),
            at("2026-03-01T23:00:00Z"),
            at("2026-03-01T23:10:00Z"),
            at("2026-03-01T23:20:00Z"));
  }

  /** Expression, zone, an instant, the local times that follow it. */
  @TestFactory
  Stream<DynamicTest> expressions_mean_what_cron_users_expect() {
    return Stream.of(
            List.of(
                "*/2 6-22 * * *", "2026-03-01T22:57:00Z", "2026-03-01T22:58", "2026-03-02T06:00"),
            List.of(
                "0 0,8,16 * * *", "2026-03-01T07:00:00Z", "2026-03-01T08:00", "2026-03-01T16:00"),
            List.of("5/20 * * * *", "2026-03-01T07:00:00Z", "2026-03-01T07:05", "2026-03-01T07:25"),
            List.of("0 22-1 * * *", "2026-03-01T22:30:00Z", "2026-03-01T23:00", "2026-03-02T00:00"),
            List.of("0 0 * * 7", "2026-03-02T00:00:00Z", "2026-03-08T00:00", "2026-03-15T00:00"),
            List.of("0 0 * * 0", "2026-03-02T00:00:00Z", "2026-03-08T00:00", "2026-03-15T00:00"),
            List.of("0 0 * * 5-7", "2026-03-02T00:00:00Z", "2026-03-06T00:00", "2026-03-07T00:00"),
            List.of(
                "0 0 * * fri-mon", "2026-03-06T01:00:00Z", "2026-03-07T00:00", "2026-03-08T00:00"),
            // both day fields restricted: either of them
            List.of("0 0 13 * 5", "2026-03-01T00:00:00Z", "2026-03-06T00:00", "2026-03-13T00:00"),
            List.of("0 0 10 * 5", "2026-03-07T00:00:00Z", "2026-03-10T00:00", "2026-03-13T00:00"),
            // a day field that begins with a star: both of them
            List.of("0 0 */2 * 5", "2026-03-01T00:00:00Z", "2026-03-13T00:00", "2026-03-27T00:00"),
            List.of("0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00", "2032-02-29T00:00"),
            List.of(
                "0 12 1 JAN,jul *", "2026-03-01T00:00:00Z", "2026-07-01T12:00", "2027-01-01T12:00"),
            List.of(
                "0 0 12 ? * MON-FRI",
                "2026-03-06T12:00:00Z",
                "2026-03-09T12:00",
                "2026-03-10T12:00"),
            List.of("0 0 12 ? * 2", "2026-03-01T00:00:00Z", "2026-03-02T12:00", "2026-03-09T12:00"),
            List.of(
                "30 0/15 10 * * ?",
                "2026-03-01T10:40:00Z",
                "2026-03-01T10:45:30",
                "2026-03-02T10:00:30"),
            List.of("0 0 0 L * ?", "2026-02-01T00:00:00Z", "2026-02-28T00:00", "2026-03-31T00:00"),
            List.of(
                "0 0 0 L-2 * ?", "2026-02-01T00:00:00Z", "2026-02-26T00:00", "2026-03-29T00:00"),
            List.of("0 0 0 LW * ?", "2026-02-01T00:00:00Z", "2026-02-27T00:00", "2026-03-31T00:00"),
            List.of("0 0 0 1W * ?", "2026-02-03T00:00:00Z", "2026-03-02T00:00", "2026-04-01T00:00"),
            List.of(
                "0 0 0 ? * 6#3", "2026-03-01T00:00:00Z", "2026-03-20T00:00", "2026-04-17T00:00"),
            List.of("0 0 0 ? * 6L", "2026-03-01T00:00:00Z", "2026-03-27T00:00", "2026-04-24T00:00"),
            List.of(
                "0 0 0 1 1 ? 2030-2031",
                "2026-03-01T00:00:00Z",
                "2030-01-01T00:00",
                "2031-01-01T00:00"))
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.get(0),
                    () ->
                        assertThat(Schedule.cron(row.get(0), "UTC").next(at(row.get(1)), 2))
                            .containsExactly(utc(row.get(2)), utc(row.get(3)))));
  }

  @Test
  void a_schedule_can_end() {
    Schedule schedule = Schedule.cron("0 0 0 1 1 ? 2030", "UTC");
    assertThat(schedule.next(at("2030-01-01T00:00:00Z"))).isEmpty();
    assertThat(schedule.slotAtOrBefore(at("2029-12-31T23:59:59Z"))).isEmpty();
    assertThat(schedule.slotAtOrBefore(at("2035-01-01T00:00:00Z")))
        .contains(at("2030-01-01T00:00:00Z"));
  }

  /** Expression, zone, from, and every slot of the stretch that follows. */
  @TestFactory
  Stream<DynamicTest> daylight_saving_skips_and_doubles_nothing() {
    return Stream.of(
            // 2026-03-29 Berlin jumps from 02:00+01 to 03:00+02 at 01:00Z
            List.of(
                "30 2 * * *",
                "Europe/Berlin",
                "2026-03-28T12:00:00Z",
                "2026-03-29T01:00:00Z",
                "2026-03-30T00:30:00Z"),
            List.of(
                "0 3 * * *",
                "Europe/Berlin",
                "2026-03-28T12:00:00Z",
                "2026-03-29T01:00:00Z",
                "2026-03-30T01:00:00Z"),
            List.of(
                "30 2,3 * * *",
                "Europe/Berlin",
                "2026-03-28T12:00:00Z",
                "2026-03-29T01:00:00Z",
                "2026-03-29T01:30:00Z",
                "2026-03-30T00:30:00Z"),
            List.of(
                "*/30 * * * *",
                "Europe/Berlin",
                "2026-03-29T00:10:00Z",
                "2026-03-29T00:30:00Z",
                "2026-03-29T01:00:00Z",
                "2026-03-29T01:30:00Z"),
            List.of(
                "0 0,8,16 * * *",
                "Europe/Berlin",
                "2026-03-28T20:00:00Z",
                "2026-03-28T23:00:00Z",
                "2026-03-29T06:00:00Z",
                "2026-03-29T14:00:00Z"),
            // 2026-10-25 Berlin goes from 03:00+02 back to 02:00+01 at 01:00Z
            List.of(
                "30 2 * * *",
                "Europe/Berlin",
                "2026-10-24T12:00:00Z",
                "2026-10-25T00:30:00Z",
                "2026-10-26T01:30:00Z"),
            List.of("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", "2026-10-26T01:30:00Z"),
            List.of(
                "0 2 * * *",
                "Europe/Berlin",
                "2026-10-24T12:00:00Z",
                "2026-10-25T00:00:00Z",
                "2026-10-26T01:00:00Z"),
            List.of(
                "0 3 * * *",
                "Europe/Berlin",
                "2026-10-24T12:00:00Z",
                "2026-10-25T02:00:00Z",
                "2026-10-26T02:00:00Z"),
            List.of(
                "*/30 * * * *",
                "Europe/Berlin",
                "2026-10-25T00:10:00Z",
                "2026-10-25T00:30:00Z",
                "2026-10-25T01:00:00Z",
                "2026-10-25T01:30:00Z",
                "2026-10-25T02:00:00Z"),
            List.of(
                "0 * * * *",
                "Europe/Berlin",
                "2026-10-24T23:30:00Z",
                "2026-10-25T00:00:00Z",
                "2026-10-25T01:00:00Z",
                "2026-10-25T02:00:00Z"),
            List.of(
                "*/10 23,0-5 * * *",
                "Europe/Berlin",
                "2026-10-25T00:45:00Z",
                "2026-10-25T00:50:00Z",
                "2026-10-25T01:00:00Z",
                "2026-10-25T01:10:00Z"),
            // 2026-03-08 New York jumps from 02:00-05 to 03:00-04 at 07:00Z
            List.of(
                "30 2 * * *",
                "America/New_York",
                "2026-03-07T12:00:00Z",
                "2026-03-08T07:00:00Z",
                "2026-03-09T06:30:00Z"),
            List.of(
                "*/30 * * * *",
                "America/New_York",
                "2026-03-08T06:10:00Z",
                "2026-03-08T06:30:00Z",
                "2026-03-08T07:00:00Z"),
            // 2026-11-01 New York goes from 02:00-04 back to 01:00-05 at 06:00Z
            List.of(
                "30 1 * * *",
                "America/New_York",
                "2026-10-31T12:00:00Z",
                "2026-11-01T05:30:00Z",
                "2026-11-02T06:30:00Z"),
            List.of(
                "0 * * * *",
                "America/New_York",
                "2026-11-01T04:30:00Z",
                "2026-11-01T05:00:00Z",
                "2026-11-01T06:00:00Z",
                "2026-11-01T07:00:00Z"),
            // half an hour, and a zone that is off by three quarters
            List.of(
                "15 2 * * *",
                "Australia/Lord_Howe",
                "2026-10-02T20:00:00Z",
                "2026-10-03T15:30:00Z",
                "2026-10-04T15:15:00Z"),
            List.of("0 6 * * *", "Asia/Kathmandu", "2026-03-01T00:20:00Z", "2026-03-02T00:15:00Z"))
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.get(0) + " " + row.get(1) + " from " + row.get(2),
                    () -> {
                      Schedule schedule = Schedule.cron(row.get(0), row.get(1));
                      List<Instant> slots =
                          row.subList(3, row.size()).stream().map(ScheduleTest::at).toList();
                      assertThat(schedule.next(at(row.get(2)), slots.size()))
                          .containsExactlyElementsOf(slots);
                      assertThat(schedule.slots(at(row.get(2)), slots.get(slots.size() - 1), 100))
                          .containsExactlyElementsOf(slots);
                    }));
  }

  /** Every change of the clocks from 2025 to 2027 in every zone there is. */
  @TestFactory
  Stream<DynamicTest> at_every_change_of_the_clocks_a_day_has_one_run_and_an_hour_its_quarters() {
    Instant end = at("2028-01-01T00:00:00Z");
    return ZoneId.getAvailableZoneIds().stream()
        .sorted()
        .map(ZoneId::of)
        .filter(zone -> zone.getRules().nextTransition(at("2025-01-01T00:00:00Z")) != null)
        .map(
            zone ->
                DynamicTest.dynamicTest(
                    zone.getId(),
                    () -> {
                      ZoneOffsetTransition change =
                          zone.getRules().nextTransition(at("2025-01-01T00:00:00Z"));
                      while (change != null && change.getInstant().isBefore(end)) {
                        oneRunADay(zone, change);
                        fourAnHour(zone, change);
                        change = zone.getRules().nextTransition(change.getInstant());
                      }
                    }));
  }

  private static void oneRunADay(ZoneId zone, ZoneOffsetTransition change) {
    ZonedDateTime noon = change.getInstant().atZone(zone).truncatedTo(ChronoUnit.DAYS).withHour(12);
    for (int minutes = -90; minutes <= 90; minutes += 15) {
      LocalTime time = change.getDateTimeBefore().toLocalTime().plusMinutes(minutes);
      Schedule daily =
          Schedule.cron(time.getMinute() + " " + time.getHour() + " * * *", zone.getId());
      assertThat(daily.slots(noon.minusDays(2).toInstant(), noon.plusDays(2).toInstant(), 100))
          .as("%s at %s", daily, change)
          .hasSize(4);
    }
  }

  private static void fourAnHour(ZoneId zone, ZoneOffsetTransition change) {
    Instant from = change.getInstant().minus(Duration.ofHours(3));
    List<Instant> quarters =
        Schedule.cron("*/15 * * * *", zone.getId())
            .slots(from, from.plus(Duration.ofHours(6)), 100);
    assertThat(quarters).as("%s at %s", zone, change).hasSize(24);
  }

  @Test
  void next_and_previous_slots_agree() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String[] zones = {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"};
    String[] transitions = {
      "2026-03-28T20:00:00Z",
      "2026-10-24T20:00:00Z",
      "2026-03-08T00:00:00Z",
      "2026-11-01T00:00:00Z",
      "2026-10-03T10:00:00Z",
      "2026-04-04T10:00:00Z"
    };
    for (int i = 0; i < 400; i++) {
      String cron =
          String.join(" ", field(random, 0, 59), field(random, 0, 23), "*", "*", "*")
              + (random.nextBoolean() ? "" : ";0 " + field(random, 0, 23) + " * * *");
      Schedule schedule = Schedule.cron(cron, zones[random.nextInt(zones.length)]);
      Instant from =
          at(transitions[random.nextInt(transitions.length)]).plusSeconds(random.nextInt(3600));
      Instant upTo = from.plus(Duration.ofHours(12));
      List<Instant> forward = new ArrayList<>();
      Instant cursor = from;
      while (true) {
        Instant next = schedule.next(cursor).orElseThrow();
        assertThat(next).as("%s, seed %d", schedule, seed).isAfter(cursor);
        assertThat(schedule.has(next)).as("%s has %s, seed %d", schedule, next, seed).isTrue();
        if (next.isAfter(upTo)) {
          break;
        }
        forward.add(next);
        cursor = next;
      }
      assertThat(schedule.slots(from, upTo, 10_000))
          .as("%s from %s, seed %d", schedule, from, seed)
          .containsExactlyElementsOf(forward);
    }
  }

  private static String field(Random random, int min, int max) {
    int a = min + random.nextInt(max - min + 1);
    return switch (random.nextInt(4)) {
      case 0 -> "*";
      case 1 -> "*/" + (1 + random.nextInt(max));
      case 2 -> a + "," + (min + random.nextInt(max - min + 1));
      default -> Integer.toString(a);
    };
  }

  /** What is wrong, and words that the refusal must hold. */
  @TestFactory
  Stream<DynamicTest> a_refusal_names_the_field_the_value_and_what_is_allowed() {
    return Stream.of(
            List.of("61 * * * *", "cron minute", "'61'", "0 to 59"),
            List.of("* 24 * * *", "cron hour", "'24'", "0 to 23"),
            List.of("* * 0 * *", "cron day of month", "'0'", "1 to 31"),
            List.of("* * * 13 *", "cron month", "'13'", "1 to 12", "JAN to DEC"),
            List.of("* * * * 8", "cron day of week", "'8'", "0 to 7", "SUN to SAT"),
            List.of("*/0 * * * *", "cron minute", "'*/0'", "step of 1 to 59"),
            List.of("*/60 * * * *", "cron minute", "'*/60'", "step of 1 to 59"),
            List.of("a * * * *", "cron minute", "'a'"),
            List.of("1,,2 * * * *", "cron minute", "''"),
            List.of("-1 * * * *", "cron minute", "'-1'"),
            List.of("* * * *", "cron", "'* * * *'", "five fields"),
            List.of("", "cron", "at least one expression"),
            List.of("0 0 31 2 *", "cron", "'0 0 31 2 *'", "a time that comes some day"),
            List.of("0 0 0 1 * 2", "cron day of week", "'2'", "?"),
            List.of("0 0 0 ? * 0", "cron day of week", "'0'", "1 to 7"),
            List.of("0 0 0 ? * 6#6", "cron day of week", "'6#6'"),
            List.of("0 0 0 1 1 ? 1969", "cron year", "'1969'", "1970 to 2199"))
        .map(
            row ->
                DynamicTest.dynamicTest(
                    "'" + row.get(0) + "'",
                    () ->
                        assertThatThrownBy(() -> Schedule.cron(row.get(0), "UTC"))
                            .isInstanceOf(InvalidScheduleException.class)
                            .hasMessageStartingWith(row.get(1))
                            .hasMessageContainingAll(
                                row.subList(1, row.size()).toArray(String[]::new))));
  }

  @Test
  void an_unknown_time_zone_and_an_empty_interval_are_refused() {
    assertThatThrownBy(() -> Schedule.cron("* * * * *", "Mars/Olympus"))
        .hasMessage("time_zone must be a name such as UTC or Europe/Berlin, was 'Mars/Olympus'");
    assertThatThrownBy(() -> Schedule.every(Duration.ofMillis(1500)))
        .hasMessageContaining("interval_seconds must be whole seconds, at least 1");
  }

  private static Instant at(String text) {
    return Instant.parse(text);
  }

  private static Instant utc(String local) {
    return Instant.parse(local.length() == 16 ? local + ":00Z" : local + "Z");
  }
}
