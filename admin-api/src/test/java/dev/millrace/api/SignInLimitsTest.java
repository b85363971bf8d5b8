package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.api.access.AccessRules;
import dev.millrace.api.access.TrustedProxies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How often may be asked, by which account and address. */
class SignInLimitsTest {
  private static AccessRules rules(
      TrustedProxies proxies, int commandsPerMinute, boolean readOnly) {
    return new AccessRules(
        Set.of(),
        proxies,
        readOnly,
        Duration.ofMinutes(30),
        Duration.ofHours(12),
        commandsPerMinute,
        Optional.empty());
  }

  private static int login(AccountsFixture accounts, String forwardedFor) {
    return accounts
        .api
        .send(
            AccountsFixture.post(
                accounts.bare("/api/admin/login").header("X-Forwarded-For", forwardedFor),
                "{\"name\": \"ada\", \"password\": \"not the password\"}"))
        .status();
  }

  @Test
  void of_1000_sign_ins_to_one_account_ten_are_checked_in_a_minute() {
    try (AccountsFixture accounts = new AccountsFixture()) {
      accounts.user("ada", "admin");
      List<Integer> statuses = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        // an address that the client writes itself is not believed
        statuses.add(login(accounts, "192.0.2." + i % 250));
      }
      assertThat(statuses).containsOnly(401, 429);
      // a window may end during the test
      assertThat(statuses.stream().filter(status -> status == 401)).hasSizeBetween(10, 60);
      Answer refused = accounts.login("ada", AccountsFixture.PASSWORD);
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.json().path("code").asText()).isEqualTo("rate_limited");
      assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
      assertThat(accounts.api.get("/api/admin/status").status()).isEqualTo(200);
    }
  }

  @Test
  void while_redis_is_away_a_process_counts_for_itself() {
    try (AccountsFixture accounts = new AccountsFixture()) {
      accounts.user("ada", "admin");
      accounts.api.redisServer.close();
      List<Integer> statuses = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        statuses.add(login(accounts, ""));
      }
      assertThat(statuses.stream().filter(status -> status == 401)).hasSizeBetween(10, 30);
      assertThat(statuses).contains(429);
    }
  }

  @Test
  void behind_a_trusted_proxy_each_client_has_its_own_limit() {
    AccessRules rules = rules(TrustedProxies.parse("127.0.0.0/8"), 100, false);
    try (AccountsFixture accounts = new AccountsFixture(rules)) {
      accounts.user("ada", "admin");
      for (int i = 0; i < 10; i++) {
        assertThat(login(accounts, "198.51.100.9, 192.0.2.1")).isEqualTo(401);
      }
      // what the client put in front of its address changes nothing
      assertThat(login(accounts, "203.0.113.5, 192.0.2.1")).isEqualTo(429);
      assertThat(
              accounts
                  .api
                  .send(
                      AccountsFixture.post(
                          accounts
                              .bare("/api/admin/login")
                              .header("X-Forwarded-For", "203.0.113.6")
                              .header("X-Forwarded-For", "192.0.2.1"),
                          "{\"name\": \"ada\", \"password\": \"x\"}"))
                  .status())
          .isEqualTo(429);
      assertThat(login(accounts, "192.0.2.2")).isEqualTo(401);
      assertThat(accounts.audit("?outcome=refused&limit=1").path(0).path("address").asText())
          .isEqualTo("192.0.2.2");
    }
  }

  @Test
  void commands_of_a_key_are_limited_and_those_of_the_admin_key_are_not() {
    try (AccountsFixture accounts = new AccountsFixture(rules(TrustedProxies.NONE, 3, false))) {
      String key = accounts.key("operator", "[\"operate\"]", "");
      List<Integer> statuses = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        statuses.add(
            accounts
                .api
                .send(AccountsFixture.post(accounts.with(key, "/api/admin/jobs/1/cancel"), "{}"))
                .status());
        assertThat(accounts.api.post("/api/admin/jobs/1/cancel", null).status()).isEqualTo(404);
        assertThat(accounts.api.send(accounts.with(key, "/api/admin/me")).status()).isEqualTo(200);
      }
      assertThat(statuses).contains(404, 429);
      assertThat(statuses.subList(0, 3)).containsOnly(404);
    }
  }

  @Test
  void a_read_only_instance_changes_nothing() {
    try (AccountsFixture accounts = new AccountsFixture(rules(TrustedProxies.NONE, 100, true))) {
      Answer refused =
          accounts.api.post("/api/admin/pauses", "{\"queue\": \"default\", \"reason\": \"r\"}");
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.json().path("code").asText()).isEqualTo("read_only");
      assertThat(accounts.api.get("/api/admin/pauses").json().path("pauses")).isEmpty();
      assertThat(accounts.login("x", "y").status()).isEqualTo(401);
    }
  }

  @Test
  void while_postgres_is_away_a_sign_in_says_so_and_known_callers_read() {
    try (AccountsFixture accounts = new AccountsFixture()) {
      AccountsFixture.SignedIn user = accounts.signedIn("ada", "viewer");
      assertThat(user.get("/api/admin/status").status()).isEqualTo(200);
      PostgresAway.from(accounts.api.databaseUrl);
      try {
        Answer login = accounts.login("ada", AccountsFixture.PASSWORD);
        assertThat(login.status()).isEqualTo(503);
        assertThat(login.json().path("code").asText()).startsWith("postgres_");
        assertThat(login.header("Retry-After")).isNotEmpty();
        assertThat(accounts.api.get("/health/live").status()).isEqualTo(200);
        await()
            .untilAsserted(
                () -> {
                  Answer status = user.get("/api/admin/status");
                  assertThat(status.status()).isEqualTo(200);
                  assertThat(status.json().path("degraded").toString()).contains("postgres");
                });
        assertThat(user.post("/api/admin/pauses", "{}").status()).isEqualTo(503);
      } finally {
        PostgresAway.isBack(accounts.api.databaseUrl);
      }
    }
  }
}
