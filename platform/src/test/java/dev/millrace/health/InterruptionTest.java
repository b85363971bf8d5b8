package dev.millrace.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InterruptionTest {
  private final SQLException away = new SQLException("refused", "08001");
  private final SQLException locked = new SQLException("lock timeout", "55P03");
  private final RuntimeException defect = new IllegalStateException("no such lane");

  private final AtomicLong clock = new AtomicLong();
  private final Outages outages = new Outages(clock::get);
  private final Interruption claim = new Interruption("a claim", outages, clock::get);
  private final Interruption record = new Interruption("a record", outages, clock::get);
  private final List<String> lines = new ArrayList<>();

  @Test
  void a_fault_of_three_minutes_is_five_lines_however_often_it_is_tried() {
    for (int i = 0; i <= 360; i++) {
      claim.failed(defect).ifPresent(lines::add);
      pass(Duration.ofMillis(500));
    }
    claim.worked().ifPresent(lines::add);
    assertThat(lines)
        .containsExactly(
            "a claim failed and is tried until it works: no such lane",
            "a claim has failed for 60 s, 121 times: no such lane",
            "a claim has failed for 120 s, 241 times: no such lane",
            "a claim has failed for 180 s, 361 times: no such lane",
            "a claim works again after 180 s; 361 failed");
  }

  @Test
  void an_outage_is_one_line_for_all_parts_of_a_process() {
    for (int i = 0; i <= 60; i++) {
      claim.failed(away).ifPresent(lines::add);
      record.failed(away).ifPresent(lines::add);
      pass(Duration.ofSeconds(1));
    }
    record.worked().ifPresent(lines::add);
    claim.worked().ifPresent(lines::add);
    assertThat(lines)
        .containsExactly(
            "Postgres is away; a claim and all that needs it are tried until they work",
            "Postgres is away; 121 tries have failed in 60 s, the last of a claim",
            "Postgres works again after 61 s; 122 tries failed");
  }

  @Test
  void a_process_meets_an_outage_after_another() {
    Interruption ofProcess = new Interruption("a claim");
    ofProcess.failed(away);
    ofProcess.worked();
    assertThat(ofProcess.failed(away)).isEmpty(); // a try that began before the end
  }

  @Test
  void a_try_that_began_before_the_end_of_an_outage_begins_no_new_one() {
    claim.failed(away).ifPresent(lines::add);
    claim.worked().ifPresent(lines::add);
    pass(Duration.ofSeconds(2));
    assertThat(record.failed(away)).isEmpty();
    pass(Duration.ofSeconds(4));
    assertThat(record.failed(away)).isPresent();
    assertThat(lines).hasSize(2);
  }

  @Test
  void a_row_that_a_stranger_holds_is_no_outage_of_others() {
    assertThat(claim.failed(locked)).hasValueSatisfying(line -> assertThat(line).contains("lock"));
    assertThat(record.worked()).isEmpty();
    assertThat(record.failed(locked)).isPresent();
    assertThat(claim.worked()).isPresent();
  }

  @Test
  void what_works_says_nothing() {
    assertThat(claim.worked()).isEmpty();
  }

  @Test
  void the_next_outage_is_reported_at_once() {
    assertThat(claim.failed(defect)).isPresent();
    assertThat(claim.failed(defect)).isEmpty();
    assertThat(claim.worked()).isPresent();
    assertThat(claim.failed(defect)).isPresent();
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }
}
