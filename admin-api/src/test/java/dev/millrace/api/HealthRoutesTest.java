package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.api.ApiFixture.Answer;
import org.junit.jupiter.api.Test;

/** Liveness depends on nothing; readiness on Postgres alone. */
class HealthRoutesTest {

  @Test
  void without_redis_the_server_is_ready_but_degraded() {
    try (ApiFixture api = new ApiFixture()) {
      assertThat(api.get("/health/ready").json().path("status").asText()).isEqualTo("ready");

      api.redisServer.close();

      await()
          .untilAsserted(
              () -> {
                Answer answer = api.get("/health/ready");
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.json().path("status").asText()).isEqualTo("degraded");
                assertThat(answer.json().path("redis").asText()).isEqualTo("down");
              });
    }
  }

  @Test
  void without_postgres_the_server_lives_and_is_not_ready() {
    try (ApiFixture api = new ApiFixture()) {
      assertThat(api.get("/health/ready").status()).isEqualTo(200);

      PostgresAway.from(api.databaseUrl);

      await()
          .untilAsserted(
              () -> {
                Answer answer = api.get("/health/ready");
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.json().path("postgres").asText()).isEqualTo("down");
              });
      assertThat(api.get("/health/live").status()).isEqualTo(200);
      Answer refused = api.get("/api/admin/jobs");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.json().path("code").asText()).isEqualTo("postgres_away");
    }
  }
}
