package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.db.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;

/** A Postgres that cannot do something now is a 503 that says so, and readiness says it too. */
class OutageTest {
  private static final String JOB = "{\"kind\": \"test.noop\"}";

  private static void isRefused(Answer answer, String code, String detail) {
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(503);
    assertThat(answer.json().path("code").asText()).isEqualTo(code);
    assertThat(answer.json().path("detail").asText()).contains(detail);
    assertThat(answer.header("Retry-After")).isEqualTo("2");
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
  }

  private static void isNotReady(ApiFixture api, String reason) {
    await()
        .untilAsserted(
            () -> {
              Answer ready = api.get("/health/ready");
              assertThat(ready.status()).isEqualTo(503);
              assertThat(ready.json().path("status").asText()).isEqualTo("not_ready");
              assertThat(ready.json().path("reason").asText()).contains(reason);
            });
  }

  private static String name(ApiFixture api) {
    return api.jdbi.withHandle(
        handle -> handle.createQuery("SELECT current_database()").mapTo(String.class).one());
  }

  @Test
  void a_read_only_postgres_refuses_writes_and_answers_reads() {
    try (ApiFixture api = new ApiFixture()) {
      api.kindIsKnown("test.noop", "[]");
      String id = api.post("/api/admin/jobs", JOB).json().path("job_id").asText();
      String name = name(api);
      // a maintenance connection of the same server: this database is to be read-only from the next
      // one on
      try (Database maintenance = Database.open(api.databaseUrl, "maintenance", 1)) {
        maintenance
            .jdbi()
            .useHandle(
                handle -> {
                  handle.execute(
                      "ALTER DATABASE " + name + " SET default_transaction_read_only = on");
                  handle.execute(
                      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ? AND pid <> pg_backend_pid()",
                      name);
                });
      }
      isNotReady(api, "read-only");
      isRefused(api.post("/api/admin/jobs", JOB), "postgres_read_only", "read-only");
      isRefused(
          api.post("/api/admin/jobs/" + id + "/cancel", null), "postgres_read_only", "read-only");
      isRefused(
          api.post("/api/admin/pauses", "{\"queue\": \"default\", \"reason\": \"x\"}"),
          "postgres_read_only",
          "read-only");
      isRefused(
          api.post("/api/admin/jobs/bulk", "{\"jobs\": [" + JOB + "]}"),
          "postgres_read_only",
          "read-only");
      assertThat(api.get("/api/admin/jobs/" + id).status()).isEqualTo(200);
      assertThat(api.get("/api/admin/jobs").status()).isEqualTo(200);
      assertThat(api.get("/api/admin/status").json().path("degraded")).isEmpty();
      assertThat(api.get("/health/live").status()).isEqualTo(200);
    }
  }

  @Test
  void an_exhausted_resource_is_in_the_answer_and_in_readiness() {
    Map<String, String> sentences =
        Map.of(
            "53100", "the disk of Postgres is full",
            "53200", "Postgres has no memory left",
            "53300", "Postgres has no connection left: max_connections",
            "53400", "Postgres has used up a resource");
    try (ApiFixture api = new ApiFixture()) {
      api.kindIsKnown("test.noop", "[]");
      assertThat(api.get("/health/ready").status()).isEqualTo(200);
      sentences.forEach(
          (state, sentence) -> {
            api.sql(
                "CREATE OR REPLACE FUNCTION public.is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                    + " RAISE EXCEPTION 'could not extend file' USING ERRCODE = '"
                    + state
                    + "'; END $$");
            api.sql(
                "CREATE OR REPLACE TRIGGER is_full BEFORE INSERT ON millrace.jobs"
                    + " FOR EACH ROW EXECUTE FUNCTION public.is_full()");
            isRefused(api.post("/api/admin/jobs", JOB), "postgres_full", sentence);
            isNotReady(api, sentence);
          });
      assertThat(api.get("/api/admin/jobs").status()).isEqualTo(200);
    }
  }

  @Test
  void exhausted_connections_of_the_process_are_reported() {
    try (ApiFixture api = new ApiFixture()) {
      api.kindIsKnown("test.noop", "[]");
      List<Handle> taken = new ArrayList<>();
      try {
        for (int i = 0; i < 12; i++) {
          taken.add(api.database.jdbi().open());
        }
        isRefused(api.post("/api/admin/jobs", JOB), "postgres_busy", "connections of this process");
        isRefused(api.get("/api/admin/jobs"), "postgres_busy", "connections of this process");
        Answer status = api.get("/api/admin/status");
        assertThat(status.status()).isEqualTo(503);
        assertThat(status.json().path("detail").asText()).contains("connections of this process");
        isNotReady(api, "connection");
      } finally {
        taken.forEach(Handle::close);
      }
      await().untilAsserted(() -> assertThat(api.get("/health/ready").status()).isEqualTo(200));
      assertThat(api.post("/api/admin/jobs", JOB).status()).isEqualTo(202);
    }
  }
}
