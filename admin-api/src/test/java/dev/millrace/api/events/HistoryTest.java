package dev.millrace.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a client hears of one status after another, and of what it has missed. */
class HistoryTest {
  private static final JsonNode IDLE = status("[]", "[]", "[]");

  private final Map<Long, ObjectNode> jobs = new HashMap<>();
  private final History history = new History(new Differences(ids -> jobs));
  private long now;

  private static JsonNode status(String views, String running, String degraded) {
    return Json.tree(
        "{\"degraded\":%s,\"ingestion\":{\"sync_state\":\"idle\",\"suppliers\":[],\"recent_logs\":[]},\"background_workers\":[],"
                .formatted(degraded)
            + "\"views\":%s,\"jobs\":{\"counts\":{}},\"running_jobs\":%s,\"queue_workers\":[],\"unserved\":[],\"scheduler\":null,\"troubles\":[]}"
                .formatted(views, running));
  }

  private static JsonNode views(String... statuses) {
    return status(
        IntStream.range(0, statuses.length)
            .mapToObj(i -> "{\"view_name\":\"v%d\",\"status\":\"%s\"}".formatted(i, statuses[i]))
            .collect(Collectors.joining(",", "[", "]")),
        "[]",
        "[]");
  }

  private static JsonNode running(String jobs) {
    return status("[]", jobs, "[]");
  }

  private Optional<List<StatusEvent>> add(long ended, JsonNode status) {
    now += Duration.ofSeconds(1).toNanos();
    return history.add(new Look(ended, status), now);
  }

  private static String text(List<StatusEvent> events) {
    return events.stream()
        .map(event -> event.name() + " " + event.data())
        .collect(Collectors.joining("; "));
  }

  @Test
  void each_difference_is_an_event_with_the_new_state() {
    assertThat(add(10, views("FRESH", "DUE"))).as("nothing to compare with").isEmpty();
    assertThat(add(11, views("FRESH", "DUE"))).contains(List.of());
    assertThat(text(add(12, views("FRESH", "FRESH")).orElseThrow()))
        .isEqualTo("view {\"view_name\":\"v1\",\"status\":\"FRESH\"}");
    assertThat(text(add(13, views("LATE")).orElseThrow()))
        .isEqualTo(
            "view {\"view_name\":\"v0\",\"status\":\"LATE\"}; view {\"view_name\":\"v1\",\"gone\":true}");
  }

  @Test
  void a_job_that_is_not_worked_on_any_more_is_told_with_its_state() {
    String job = "{\"id\":\"7\",\"state\":\"processing\",\"progress\":%s}";
    add(10, IDLE);
    assertThat(text(add(11, running("[" + job.formatted("1") + "]")).orElseThrow()))
        .isEqualTo("job {\"id\":\"7\",\"state\":\"processing\"}");
    assertThat(add(12, running("[" + job.formatted("2") + "]")))
        .as("progress is no change of state")
        .contains(List.of());
    jobs.put(7L, (ObjectNode) Json.tree("{\"id\":\"7\",\"state\":\"completed\"}"));
    assertThat(text(add(13, IDLE).orElseThrow()))
        .isEqualTo("job {\"id\":\"7\",\"state\":\"completed\"}");
  }

  @Test
  void a_job_beyond_those_that_are_shown_has_not_changed() {
    add(10, running("[{\"id\":\"7\",\"state\":\"processing\"}]"));
    jobs.put(7L, (ObjectNode) Json.tree("{\"id\":\"7\",\"state\":\"processing\"}"));
    assertThat(add(11, IDLE)).contains(List.of());
  }

  @Test
  void a_client_hears_what_it_has_missed_and_nothing_else() {
    add(10, views("FRESH"));
    add(12, views("DUE"));
    add(14, views("LATE"));

    assertThat(history.since(9)).as("before all that is known").isEmpty();
    assertThat(text(history.since(10).orElseThrow())).contains("DUE").contains("LATE");
    assertThat(text(history.since(12).orElseThrow())).doesNotContain("DUE").contains("LATE");
    assertThat(text(history.since(13).orElseThrow())).as("of another process").contains("LATE");
    assertThat(history.since(14)).contains(List.of());
    assertThat(history.since(15)).as("of later").isEmpty();
  }

  @Test
  void what_was_long_ago_is_not_known() {
    add(10, views("FRESH"));
    add(12, views("DUE"));
    now += Duration.ofMinutes(6).toNanos();
    add(13, views("DUE"));
    now += Duration.ofMinutes(6).toNanos();
    add(14, views("DUE"));
    assertThat(history.since(10)).isEmpty();
    assertThat(history.since(12)).contains(List.of());

    now += Duration.ofMinutes(11).toNanos();
    assertThat(add(15, views("DUE"))).as("nobody has listened for long").isEmpty();
  }

  @Test
  void a_database_that_was_set_back_and_too_much_at_once_make_clients_read_the_status() {
    add(10, views("FRESH"));
    add(12, views("DUE"));
    assertThat(add(5, views("FRESH"))).isEmpty();
    assertThat(history.since(10)).isEmpty();
    assertThat(history.since(5)).contains(List.of());

    String[] many = new String[History.MOST_OF_A_LOOK + 1];
    Arrays.fill(many, "DUE");
    assertThat(add(6, views(many))).isEmpty();
    assertThat(new String(history.reset(), StandardCharsets.UTF_8))
        .isEqualTo("id: 6\nevent: reset\ndata: {}\n\n");
  }

  @Test
  void what_a_defect_hides_is_not_gone() {
    add(10, views("FRESH"));
    JsonNode hidden = status("[]", "[]", "[\"internal:abc\"]");
    assertThat(text(add(11, hidden).orElseThrow()))
        .isEqualTo("trouble {\"degraded\":[\"internal:abc\"],\"troubles\":[]}");
    assertThat(text(add(12, views("FRESH")).orElseThrow()))
        .isEqualTo("trouble {\"degraded\":[],\"troubles\":[]}");
  }

  @Test
  void the_last_event_of_a_look_alone_has_its_id() {
    StatusEvent one = new StatusEvent("view", Json.tree("{\"view_name\":\"a\\nb\"}"));
    assertThat(new String(StatusEvent.text(List.of(one, one), 12), StandardCharsets.UTF_8))
        .isEqualTo(
            "event: view\ndata: {\"view_name\":\"a\\nb\"}\n\nid: 12\nevent: view\ndata: {\"view_name\":\"a\\nb\"}\n\n");
  }
}
