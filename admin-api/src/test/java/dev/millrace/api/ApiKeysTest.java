package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The keys of machines. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiKeysTest {
  private static final String JOBS = "/api/admin/jobs";
  private static final String JOB = "{\"kind\": \"test.noop\"}";

  private final AccountsFixture accounts = new AccountsFixture();
  private final ApiFixture api = accounts.api;

  @BeforeAll
  void kinds() {
    api.kindIsKnown("test.noop", "[]");
    api.kindIsKnown("test.other", "[]");
  }

  @AfterAll
  void close() {
    accounts.close();
  }

  private static String id(String key) {
    return key.split("_", -1)[1];
  }

  private Answer enqueue(String key, String body) {
    return api.send(AccountsFixture.post(accounts.with(key, JOBS), body));
  }

  @Test
  void a_key_opens_until_it_is_revoked() {
    String key = accounts.key("operator", "[\"read\", \"enqueue\"]", "");
    assertThat(key).matches("mr_[a-z0-9]{12}_[A-Za-z0-9_-]{43}");
    assertThat(api.send(accounts.with(key, JOBS)).status()).isEqualTo(200);
    JsonNode me = api.send(accounts.with(key, "/api/admin/me")).json();
    assertThat(me.path("type").asText()).isEqualTo("api_key");
    assertThat(me.path("permissions").valueStream().map(JsonNode::asText))
        .containsExactlyInAnyOrder("read", "enqueue");
    assertThat(me.path("csrf").isNull()).isTrue();
    assertThat(enqueue(key, JOB).status()).isEqualTo(202);

    assertThat(api.delete("/api/admin/keys/" + id(key)).status()).isEqualTo(204);
    assertThat(enqueue(key, JOB).status()).isEqualTo(401);
    assertThat(api.send(accounts.with(key, JOBS)).status()).isEqualTo(401);
    assertThat(api.delete("/api/admin/keys/" + id(key)).status()).isEqualTo(404);
  }

  @Test
  void a_key_that_is_revoked_in_another_process_changes_nothing_more() {
    String key = accounts.key("admin", "[\"admin\"]", "");
    assertThat(api.send(accounts.with(key, JOBS)).status()).isEqualTo(200);
    api.sql("UPDATE millrace.api_keys SET revoked_at = now() WHERE id = ?", id(key));
    assertThat(enqueue(key, JOB).status()).isEqualTo(401);
  }

  @Test
  void a_wrong_secret_an_unknown_id_and_an_expired_key_are_refused() {
    String key = accounts.key("viewer", "[\"read\"]", ", \"expires_in_days\": 1");
    String other = accounts.key("viewer", "[\"read\"]", "");
    String secret = other.substring(other.length() - 43);
    for (String wrong :
        List.of(
            "mr_" + id(key) + "_" + secret,
            "mr_zzzzzzzzzzzz_" + secret,
            key.substring(0, key.length() - 1),
            key + "x",
            "mr_" + id(key) + "_")) {
      assertThat(api.send(accounts.with(wrong, JOBS)).status()).as(wrong).isEqualTo(401);
    }
    api.sql("UPDATE millrace.api_keys SET expires_at = now() WHERE id = ?", id(key));
    assertThat(api.send(accounts.with(key, JOBS)).status()).isEqualTo(401);
  }

  @Test
  void a_key_enqueues_only_its_kinds_and_queues_callbacks_included() {
    String key =
        accounts.key(
            "operator", "[\"enqueue\"]", ", \"kinds\": [\"test.noop\"], \"queues\": [\"default\"]");
    assertThat(enqueue(key, JOB).status()).isEqualTo(202);
    for (String refused :
        List.of(
            "{\"kind\": \"test.other\"}",
            "{\"kind\": \"test.noop\", \"queue\": \"other\"}",
            "{\"kind\": \"test.noop\", \"callback\": {\"kind\": \"test.other\"}}")) {
      Answer answer = enqueue(key, refused);
      assertThat(answer.status()).as(answer.response().body()).isEqualTo(403);
      assertThat(answer.json().path("permission").asText()).isEqualTo("enqueue");
    }
    for (String refused :
        List.of(
            "{\"jobs\": [{\"kind\": \"test.noop\"}, {\"kind\": \"test.other\"}]}",
            "{\"jobs\": [{\"kind\": \"test.noop\"}], \"batch\": {\"callback\": {\"kind\": \"test.other\"}}}")) {
      Answer answer = api.send(AccountsFixture.post(accounts.with(key, JOBS + "/bulk"), refused));
      assertThat(answer.status()).as(answer.response().body()).isEqualTo(403);
    }
    assertThat(api.send(accounts.with(key, JOBS)).json().path("permission").asText())
        .isEqualTo("read");
  }

  @Test
  void what_a_key_cannot_be_is_refused_field_by_field() {
    Answer wrong =
        api.post(
            "/api/admin/keys",
            "{\"name\": \"x\", \"role\": \"root\", \"scopes\": [\"all\"], \"kinds\": [\"A\"], \"expires_in_days\": 0}");
    assertThat(wrong.status()).isEqualTo(422);
    assertThat(wrong.json().path("errors").findValuesAsText("pointer"))
        .containsExactlyInAnyOrder("/role", "/scopes", "/kinds", "/expires_in_days");
  }

  @Test
  void two_keys_that_are_not_revoked_have_two_names() {
    String body = "{\"name\": \"one\", \"role\": \"viewer\", \"scopes\": [\"read\"]}";
    Answer first = api.post("/api/admin/keys", body);
    assertThat(first.status()).isEqualTo(201);
    assertThat(api.post("/api/admin/keys", body).json().path("code").asText())
        .isEqualTo("name_taken");
    api.delete("/api/admin/keys/" + first.json().at("/stored/id").asText());
    assertThat(api.post("/api/admin/keys", body).status()).isEqualTo(201);
  }

  @Test
  void a_scope_never_gives_more_than_the_role() {
    String key = accounts.key("viewer", "[\"admin\"]", "");
    assertThat(enqueue(key, JOB).status()).isEqualTo(403);
    assertThat(api.send(accounts.with(key, "/api/admin/users")).status()).isEqualTo(403);
    assertThat(api.send(accounts.with(key, JOBS)).status()).isEqualTo(200);
  }

  @Test
  void a_key_in_the_query_is_refused_and_not_repeated() {
    String key = accounts.key("viewer", "[\"read\"]", "");
    for (String query :
        List.of(
            "?key=x", "?access_token=" + key, "?state=" + key, "?q=" + ApiFixture.KEY, "?" + key)) {
      for (Answer answer :
          List.of(
              api.get(JOBS + query),
              api.send(accounts.bare(JOBS + query)),
              api.send(accounts.with(key, JOBS + query)))) {
        assertThat(answer.status()).as(query).isEqualTo(400);
        assertThat(answer.json().path("code").asText()).isEqualTo("key_in_query");
        assertThat(answer.response().body()).doesNotContain(key, ApiFixture.KEY);
      }
    }
  }

  @Test
  void the_secret_is_stored_nowhere_and_shown_once() {
    String key = accounts.key("viewer", "[\"read\"]", "");
    String secret = key.substring(key.length() - 43);
    assertThat(api.get("/api/admin/keys").response().body())
        .contains(id(key))
        .doesNotContain(secret);
    String rows =
        api.jdbi.withHandle(
            handle ->
                handle
                    .select(
                        "SELECT coalesce(string_agg(k::text, ''), '') || (SELECT string_agg(a::text, '') FROM millrace.audit a)"
                            + " FROM millrace.api_keys k")
                    .mapTo(String.class)
                    .one());
    assertThat(rows).contains(id(key)).doesNotContain(secret);
  }

  @Test
  void the_last_use_is_written_once_a_minute() {
    String key = accounts.key("operator", "[\"enqueue\"]", "");
    enqueue(key, JOB);
    String first = lastUsed(key);
    assertThat(first).isNotNull();
    enqueue(key, JOB);
    assertThat(lastUsed(key)).isEqualTo(first);
    api.sql("UPDATE millrace.api_keys SET last_used_at = now() - interval '2 minutes'");
    enqueue(key, JOB);
    assertThat(lastUsed(key)).isGreaterThan(first);
  }

  private String lastUsed(String key) {
    return api.jdbi.withHandle(
        handle ->
            handle
                .select("SELECT last_used_at::text FROM millrace.api_keys WHERE id = ?", id(key))
                .mapTo(String.class)
                .one());
  }
}
