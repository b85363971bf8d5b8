package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobFiltersTest {
  private final ApiFixture millrace = new ApiFixture();

  @AfterEach
  void close() {
    millrace.close();
  }

  @BeforeEach
  void jobs() {
    millrace.jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO millrace.jobs (id, kind, state, worker_id, unique_key, lock_key, parent_id, error, payload, created_at, finished_at) VALUES
                  (1, 'a', 'completed', 'w1.k3', NULL, NULL, NULL, NULL, '{"customer": {"id": 17, "tags": ["x", "y"]}}', '2030-01-01T10:00Z', '2030-01-01T10:01Z'),
                  (2, 'a', 'failed', 'w1.k4', 'invoice-17', NULL, NULL, 'SocketTimeoutException: Read timed out', '{"customer": {"id": 18}}', '2030-01-01T11:00Z', '2030-01-01T11:01Z'),
                  (3, 'a', 'failed', 'w10.k3', NULL, 'invoice-17', 1, '100% of the rows are wrong', '{"customer": null, "a.b": "c=d"}', '2030-01-01T12:00Z', '2030-01-01T12:01Z'),
                  (4, 'b', 'queued', NULL, NULL, NULL, 1, NULL, '{"empty": ""}', '2030-01-01T13:00Z', NULL)
                """));
  }

  private List<String> found(String name, String value) {
    JsonNode answer =
        millrace
            .get("/api/admin/jobs?" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8))
            .json();
    List<String> ids = new ArrayList<>();
    answer.get("jobs").forEach(job -> ids.add(job.get("id").asText()));
    return ids;
  }

  @Test
  void jobs_are_found_by_their_worker_s_id_or_name() {
    assertThat(found("worker", "w1")).as("not those of w10").containsExactly("2", "1");
    assertThat(found("worker", "w1.k3")).containsExactly("1");
    assertThat(found("worker", "w")).isEmpty();
  }

  @Test
  void jobs_are_found_by_their_parent() {
    assertThat(found("parent", "1")).containsExactly("4", "3");
    assertThat(found("parent", "2")).isEmpty();
    assertThat(millrace.get("/api/admin/jobs?parent=1&state=queued").json().get("jobs")).hasSize(1);
    assertThat(millrace.get("/api/admin/jobs?parent=x").status()).isEqualTo(400);
  }

  @Test
  void the_children_of_a_parent_are_listed_in_pages() {
    JsonNode first = millrace.get("/api/admin/jobs?parent=1&limit=1").json();
    assertThat(first.get("jobs").get(0).get("id").asText()).isEqualTo("4");
    JsonNode second =
        millrace
            .get("/api/admin/jobs?parent=1&limit=1&cursor=" + first.get("next_cursor").asText())
            .json();
    assertThat(second.get("jobs").get(0).get("id").asText()).isEqualTo("3");
    assertThat(
            millrace
                .get("/api/admin/jobs?parent=2&cursor=" + first.get("next_cursor").asText())
                .status())
        .as("a cursor of another list")
        .isEqualTo(400);
  }

  @Test
  void jobs_are_found_by_their_unique_key_or_their_lock_key() {
    assertThat(found("job_key", "invoice-17")).containsExactly("3", "2");
    assertThat(found("job_key", "invoice")).as("the whole key").isEmpty();
  }

  @Test
  void jobs_are_found_by_a_part_of_their_error_whatever_its_letters() {
    assertThat(found("error", "TIMED OUT")).containsExactly("2");
    assertThat(found("error", "100%")).as("a sign of patterns is a sign").containsExactly("3");
    assertThat(found("error", "_")).isEmpty();
  }

  @Test
  void jobs_are_found_by_a_field_of_their_payload() {
    assertThat(found("payload", "customer.id=17")).containsExactly("1");
    assertThat(found("payload", "customer.id")).containsExactly("2", "1");
    assertThat(found("payload", "customer")).as("null is a value").containsExactly("3", "2", "1");
    assertThat(found("payload", "customer.tags.1=y")).containsExactly("1");
    assertThat(found("payload", "empty=")).containsExactly("4");
    assertThat(found("payload", "none=1")).isEmpty();
    assertThat(millrace.get("/api/admin/jobs?payload=a..b").status()).isEqualTo(400);
    assertThat(millrace.get("/api/admin/jobs?payload=%3D1").status()).isEqualTo(400);
  }

  @Test
  void jobs_are_found_by_when_they_were_created() {
    assertThat(found("since", "2030-01-01T12:00:00Z")).containsExactly("4", "3");
    assertThat(found("until", "2030-01-01T12:00:00Z")).containsExactly("2", "1");
    assertThat(
            millrace
                .get(
                    "/api/admin/jobs?since=2030-01-01T11:00:00Z&until=2030-01-01T13:00:00Z&error=wrong&kind=a&state=failed&payload=customer&worker=w10&parent=1&job_key=invoice-17")
                .json()
                .get("jobs"))
        .hasSize(1);
  }
}
