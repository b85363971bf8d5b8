package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.AccountsFixture.SignedIn;
import dev.millrace.api.ApiFixture.Answer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Signing in, and what a session can and cannot do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionsTest {
  private static final String ME = "/api/admin/me";
  private static final String SESSIONS = "/api/admin/sessions";
  private static final String LOGIN = "/api/admin/login";
  private static final String LOGOUT = "/api/admin/logout";
  private static final String PAUSES = "/api/admin/pauses";

  private final AccountsFixture accounts = new AccountsFixture();
  private final ApiFixture api = accounts.api;

  @AfterAll
  void close() {
    accounts.close();
  }

  private static String pause(String queue) {
    return "{\"queue\": \"%s\", \"reason\": \"r\"}".formatted(queue);
  }

  @Test
  void a_sign_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use() {
    accounts.user("ada", "operator");
    Answer login = accounts.login("ada", AccountsFixture.PASSWORD);
    assertThat(login.header("Set-Cookie"))
        .matches("millrace=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict");
    SignedIn ada = SignedIn.of(accounts, login);
    JsonNode me = ada.get(ME).json();
    assertThat(me).isEqualTo(login.json());
    assertThat(me.path("name").asText()).isEqualTo("ada");
    assertThat(me.path("role").asText()).isEqualTo("operator");
    assertThat(me.path("permissions")).hasSizeGreaterThan(5);
    assertThat(login.response().body()).doesNotContain(AccountsFixture.PASSWORD);
    assertThat(ada.post(PAUSES, pause("of-ada")).json().path("paused_by").asText())
        .isEqualTo("ada");
  }

  @Test
  void a_cookie_of_another_machine_is_secure_and_bound_to_its_host() {
    accounts.user("remote", "viewer");
    String body = "{\"name\": \"remote\", \"password\": \"" + AccountsFixture.PASSWORD + "\"}";
    try (RawClient client = new RawClient(api.api.port())) {
      String answer =
          client
              .send(
                  "POST /api/admin/login HTTP/1.1\r\nHost: admin.example.org\r\nConnection: close\r\n"
                      + "Content-Type: application/json\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
              .rest();
      assertThat(answer)
          .containsPattern(
              "Set-Cookie: __Host-millrace=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict; Secure");
    }
  }

  @Test
  void a_wrong_password_an_unknown_and_a_disabled_user_are_answered_alike() {
    accounts.user("bob", "admin");
    accounts.user("gone", "admin");
    api.post("/api/admin/users/gone/disable", null);
    Answer wrong = accounts.login("bob", "not the password");
    for (Answer answer :
        List.of(
            wrong,
            accounts.login("no-such-user", "not the password"),
            accounts.login("gone", AccountsFixture.PASSWORD))) {
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.response().body()).isEqualTo(wrong.response().body());
      assertThat(answer.header("Set-Cookie")).isEmpty();
    }
  }

  @Test
  void an_unknown_name_takes_as_long_as_a_wrong_password() {
    accounts.user("timed", "viewer");
    Duration known = fastest("timed");
    Duration unknown = fastest("no-such-user");
    // without the hash of the unknown name it is 20 times faster or more
    assertThat(unknown).isGreaterThan(known.dividedBy(3));
    assertThat(known).isGreaterThan(unknown.dividedBy(3));
  }

  private Duration fastest(String name) {
    Duration fastest = Duration.ofDays(1);
    for (int i = 0; i < 4; i++) {
      long start = System.nanoTime();
      assertThat(accounts.login(name, "not the password").status()).isEqualTo(401);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      fastest = took.compareTo(fastest) < 0 ? took : fastest;
    }
    return fastest;
  }

  @Test
  void a_session_id_that_was_there_before_the_sign_in_is_not_used() {
    accounts.user("fixed", "operator");
    String planted = "millrace=" + "A".repeat(43);
    String body = "{\"name\": \"fixed\", \"password\": \"" + AccountsFixture.PASSWORD + "\"}";
    SignedIn first =
        SignedIn.of(
            accounts,
            api.send(AccountsFixture.post(accounts.bare(LOGIN).header("Cookie", planted), body)));
    assertThat(first.cookie()).isNotEqualTo(planted);
    assertThat(api.send(accounts.bare(ME).header("Cookie", planted)).status()).isEqualTo(401);
    SignedIn second =
        SignedIn.of(
            accounts,
            api.send(
                AccountsFixture.post(accounts.bare(LOGIN).header("Cookie", first.cookie()), body)));
    assertThat(second.cookie()).isNotEqualTo(first.cookie());
    assertThat(first.post(PAUSES, pause("fixed")).status()).isEqualTo(401);
    assertThat(second.get(ME).status()).isEqualTo(200);
  }

  @Test
  void a_change_with_the_cookie_alone_is_refused_as_cross_site() {
    SignedIn eve = accounts.signedIn("eve", "operator");
    SignedIn other = accounts.signedIn("other", "operator");
    for (Answer answer :
        List.of(
            api.send(AccountsFixture.post(eve.request(PAUSES), pause("a"))),
            api.send(
                AccountsFixture.post(
                    eve.request(PAUSES).header("Millrace-CSRF", other.csrf()), pause("a"))),
            api.send(
                AccountsFixture.post(
                    eve.request(PAUSES)
                        .header("Millrace-CSRF", eve.csrf())
                        .header("Origin", "https://evil.example.org"),
                    pause("a"))),
            api.send(
                AccountsFixture.post(
                    eve.request(PAUSES)
                        .header("Millrace-CSRF", eve.csrf())
                        .header("Sec-Fetch-Site", "same-site"),
                    pause("a"))),
            api.send(
                AccountsFixture.post(
                    eve.request(PAUSES)
                        .header("Millrace-CSRF", eve.csrf())
                        .header("Origin", "null"),
                    pause("a"))),
            api.send(eve.request(LOGOUT).POST(java.net.http.HttpRequest.BodyPublishers.noBody())),
            api.send(
                AccountsFixture.post(
                    accounts.bare(LOGIN).header("Origin", "https://evil.example.org"),
                    "{\"name\": \"eve\", \"password\": \"x\"}")))) {
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.json().path("code").asText()).isEqualTo("cross_site");
    }
    assertThat(api.get(PAUSES).json().path("pauses").findValuesAsText("queue")).doesNotContain("a");
    String own = "http://127.0.0.1:" + api.api.port();
    assertThat(
            api.send(
                    AccountsFixture.post(
                        eve.request(PAUSES)
                            .header("Millrace-CSRF", eve.csrf())
                            .header("Origin", own),
                        pause("b")))
                .status())
        .isEqualTo(201);
  }

  @Test
  void a_session_ends_when_idle_when_old_and_at_the_sign_out() {
    SignedIn idle = accounts.signedIn("idle", "operator");
    api.sql(
        "UPDATE millrace.sessions SET last_seen_at = now() - interval '31 minutes' WHERE user_name = 'idle'");
    assertThat(idle.post(PAUSES, pause("c")).status()).isEqualTo(401);
    SignedIn old = accounts.signedIn("old", "operator");
    api.sql("UPDATE millrace.sessions SET expires_at = now() WHERE user_name = 'old'");
    assertThat(old.post(PAUSES, pause("c")).status()).isEqualTo(401);
    SignedIn out = accounts.signedIn("out", "operator");
    assertThat(out.get(ME).status()).isEqualTo(200);
    Answer left = out.post(LOGOUT, "");
    assertThat(left.status()).isEqualTo(204);
    assertThat(left.header("Set-Cookie")).startsWith("millrace=;").contains("Max-Age=0");
    assertThat(out.get(ME).status()).isEqualTo(401);
    JsonNode record = accounts.audit("?who=out");
    assertThat(record.findValuesAsText("action")).containsExactly("session.end", "session.begin");
    assertThat(record.findValuesAsText("outcome")).containsOnly("allowed");
    assertThat(record.findValuesAsText("who_type")).containsOnly("user");
  }

  @Test
  void a_disabled_user_and_one_with_a_new_password_are_signed_out_at_once() {
    SignedIn disabled = accounts.signedIn("disabled", "admin");
    SignedIn changed = accounts.signedIn("changed", "admin");
    assertThat(disabled.get(ME).status()).isEqualTo(200);
    assertThat(changed.get(ME).status()).isEqualTo(200);
    assertThat(api.post("/api/admin/users/disabled/disable", null).status()).isEqualTo(200);
    assertThat(
            api.post(
                    "/api/admin/users/changed/password",
                    "{\"password\": \"another long password\"}")
                .status())
        .isEqualTo(200);
    assertThat(disabled.get(ME).status()).isEqualTo(401);
    assertThat(changed.get(ME).status()).isEqualTo(401);
    assertThat(accounts.login("changed", AccountsFixture.PASSWORD).status()).isEqualTo(401);
    assertThat(accounts.login("changed", "another long password").status()).isEqualTo(200);
  }

  @Test
  void a_user_disabled_through_another_process_changes_nothing_more() {
    SignedIn user = accounts.signedIn("elsewhere", "admin");
    assertThat(user.get(ME).status()).isEqualTo(200);
    api.sql("UPDATE millrace.users SET disabled_at = now() WHERE name = 'elsewhere'");
    assertThat(user.post(PAUSES, pause("d")).status()).isEqualTo(401);
    assertThat(user.get(ME).status()).isEqualTo(401);
  }

  @Test
  void a_user_sees_and_ends_its_own_sessions_only() {
    SignedIn one = accounts.signedIn("pat", "operator");
    SignedIn two = SignedIn.of(accounts, accounts.login("pat", AccountsFixture.PASSWORD));
    SignedIn other = accounts.signedIn("sam", "operator");
    JsonNode own = one.get(SESSIONS).json().path("sessions");
    assertThat(own.findValuesAsText("user_name")).containsExactly("pat", "pat");
    String newest = own.path(0).path("id").asText();
    assertThat(other.delete(SESSIONS + "/" + newest).status()).isEqualTo(404);
    assertThat(other.get(SESSIONS + "?user=pat").status()).isEqualTo(403);
    assertThat(one.delete(SESSIONS + "/" + newest).status()).isEqualTo(204);
    assertThat(two.get(ME).status()).isEqualTo(401);
    assertThat(one.get(ME).status()).isEqualTo(200);
    assertThat(api.get(SESSIONS + "?user=pat").json().path("sessions")).hasSize(1);
  }

  @Test
  void a_forged_and_a_foreign_cookie_open_nothing() {
    SignedIn user = accounts.signedIn("real", "admin");
    String token = user.cookie().substring("millrace=".length());
    for (String cookie :
        List.of(
            "millrace=" + token.substring(1) + "x",
            "millrace=" + token + "=",
            "millrace=",
            "__Host-millrace=" + token,
            "millrace=' OR true --")) {
      assertThat(api.send(accounts.bare(ME).header("Cookie", cookie)).status())
          .as(cookie)
          .isEqualTo(401);
    }
    // a wrong key is not made up for by a cookie
    assertThat(api.send(user.request(ME).header("Authorization", "Bearer wrong")).status())
        .isEqualTo(401);
  }

  @Test
  void only_hashes_of_tokens_and_passwords_are_stored() {
    SignedIn user = accounts.signedIn("hashed", "viewer");
    String rows =
        api.jdbi.withHandle(
            handle ->
                handle
                    .select(
                        "SELECT (SELECT string_agg(s::text, '') FROM millrace.sessions s)"
                            + " || (SELECT string_agg(u::text, '') FROM millrace.users u)"
                            + " || (SELECT string_agg(a::text, '') FROM millrace.audit a)")
                    .mapTo(String.class)
                    .one());
    assertThat(rows)
        .contains("$argon2id$v=19$m=19456,t=2,p=1$")
        .doesNotContain(AccountsFixture.PASSWORD, user.cookie().substring(9), user.csrf());
  }

  @Test
  void no_answer_repeats_a_password_that_is_refused() {
    for (String password : List.of("\"" + "long-and-secret".repeat(200) + "\"", "471108150815")) {
      for (String path : List.of(LOGIN, "/api/admin/users")) {
        Answer refused =
            api.post(
                path, "{\"name\": \"a\", \"role\": \"viewer\", \"password\": " + password + "}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.response().body())
            .contains("/password")
            .doesNotContain("long-and-secret")
            .doesNotContain("47110815");
      }
    }
  }

  @Test
  void users_are_checked_before_they_are_added() {
    accounts.user("twice", "viewer");
    Answer twice =
        api.post(
            "/api/admin/users",
            "{\"name\": \"twice\", \"role\": \"admin\", \"password\": \"long enough to do\"}");
    assertThat(twice.status()).isEqualTo(409);
    assertThat(twice.json().path("code").asText()).isEqualTo("name_taken");
    Answer wrong =
        api.post(
            "/api/admin/users", "{\"name\": \"A b\", \"role\": \"root\", \"password\": \"short\"}");
    assertThat(wrong.status()).isEqualTo(422);
    assertThat(wrong.json().path("errors").findValuesAsText("pointer"))
        .containsExactlyInAnyOrder("/name", "/role", "/password");
    assertThat(wrong.response().body()).doesNotContain("short\"");
    assertThat(api.post("/api/admin/users/no-one/disable", null).status()).isEqualTo(404);
    String password = "{\"password\": \"long enough to do\"}";
    assertThat(api.post("/api/admin/users/no-one/password", password).status()).isEqualTo(404);
    assertThat(api.post("/api/admin/users/twice/password", "{}").status()).isEqualTo(422);
    assertThat(api.post(LOGIN, "{\"name\": \"twice\"}").status()).isEqualTo(422);
    assertThat(api.get("/api/admin/users").json().path("users").findValuesAsText("name"))
        .contains("twice")
        .doesNotContain("no-one");
  }
}
