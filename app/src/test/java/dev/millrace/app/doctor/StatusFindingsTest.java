package dev.millrace.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code millrace doctor} makes of the status that an API answers with. */
class StatusFindingsTest {
  private static final String RUNNING =
      "{\"worker_id\":\"w1\",\"state\":\"running\"},{\"worker_id\":\"w0\",\"state\":\"stopped\"}";

  private static List<String> of(String workers, String rest) {
    return StatusFindings.of(Json.tree("{\"queue_workers\":[" + workers + "]" + rest + "}"))
        .stream()
        .map(finding -> finding.severity() + " " + finding.code() + ": " + finding.message())
        .toList();
  }

  @Test
  void a_worker_that_runs_is_no_finding() {
    assertThat(of(RUNNING, "")).isEmpty();
  }

  @Test
  void a_lost_worker_is_named_beside_one_that_runs() {
    assertThat(of(RUNNING + ",{\"worker_id\":\"w2\",\"state\":\"lost\"}", ""))
        .containsExactly("WARN lost_worker: queue worker w2 was lost");
  }

  @Test
  void the_only_worker_being_lost_is_a_failure_too() {
    assertThat(of("{\"worker_id\":\"w2\",\"state\":\"lost\"}", ""))
        .containsExactly(
            "FAIL no_worker: no queue worker claims jobs",
            "WARN lost_worker: queue worker w2 was lost");
  }

  @Test
  void a_node_with_another_time_is_named_unless_it_is_missing() {
    String nodes =
        ",\"scheduler\":{\"state\":\"running\",\"nodes\":["
            + "{\"node\":\"n1\",\"clock_skew_ms\":-7300,\"missing\":false},"
            + "{\"node\":\"n2\",\"clock_skew_ms\":9000,\"missing\":true},"
            + "{\"node\":\"n3\",\"clock_skew_ms\":2000,\"missing\":false}]}";
    assertThat(of(RUNNING, nodes))
        .containsExactly(
            "WARN clock_skew: the clock of scheduler node n1 is 7 s behind that of Postgres");
  }
}
