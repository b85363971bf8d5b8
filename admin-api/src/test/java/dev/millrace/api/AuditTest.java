package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.json.Json;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was asked of the API is on record, in the transaction of what it did. */
class AuditTest {
  private static final String FLAG = "/api/admin/flags/USE_BG_JOBS_GLOBAL";
  private static final String WORKER = "/api/admin/workers/inventory_mv_refresh";
  private static final String OFF = "{\"enabled\": false, \"reason\": \"rolled back\"}";

  private final AccountsFixture accounts = new AccountsFixture();
  private final ApiFixture api = accounts.api;

  /** Operations whose answer waits for a job: only that they cannot go unrecorded is shown here. */
  private static final List<Call> WAITING =
      List.of(
          new Call("POST", "/api/admin/refresh-wip-views", ""),
          new Call("POST", WORKER + "/run-once", ""));

  private long failed;
  private long queued;
  private long stats;

  /** One command of each sort; each changes something. */
  private record Call(String method, String path, String body) {
    HttpRequest.Builder on(HttpRequest.Builder request) {
      return body.isEmpty()
          ? request.method(method, BodyPublishers.noBody())
          : request
              .header("Content-Type", "application/json")
              .method(method, BodyPublishers.ofString(body));
    }
  }

  @BeforeEach
  void something_to_change() {
    api.kindIsKnown("test.noop", "[]");
    api.kindIsKnown("stats.update", "[]");
    api.kindIsKnown("mv.refresh", "[]");
    failed = api.enqueue("test.noop");
    assertThat(api.fail(api.claim("test.noop"), "no")).isTrue();
    queued = api.enqueue("test.noop");
    stats = api.enqueue("stats.update");
    assertThat(api.fail(api.claim("stats.update"), "no")).isTrue();
    api.sql("CREATE TABLE public.audited (id int PRIMARY KEY)");
    api.sql("CREATE MATERIALIZED VIEW public.mv_audited AS SELECT 1 AS id");
    api.sql(
        "DO $$ BEGIN PERFORM millrace.register_view('public.mv_audited', view_group => 'wip'); END $$");
    api.sql(
        "INSERT INTO public.suppliers (code, name, sheet_url, enabled) VALUES ('a', 'Abel', 'file:a', true)");
    api.sql("INSERT INTO millrace.cache_invalidations (stats_job_id, tags) VALUES (7, '{a}')");
    api.sql(
        "INSERT INTO millrace.users (name, role, password_hash) VALUES ('ada', 'viewer', '$argon2id$v=19$')");
    api.sql(
        "INSERT INTO millrace.sessions (token_hash, user_name, expires_at, address)"
            + " VALUES (sha256('a'), 'ada', now() + interval '1 hour', '-')");
    api.sql(
        "INSERT INTO millrace.api_keys (id, secret_hash, name, role, scopes, created_by)"
            + " VALUES ('abcdefghijkl', sha256('a'), 'old', 'viewer', '{read}', 'admin')");
  }

  private String id(String from) {
    return api.jdbi.withHandle(
        handle -> handle.select("SELECT min(id::text) FROM " + from).mapTo(String.class).one());
  }

  @AfterEach
  void close() {
    accounts.close();
  }

  private List<Call> commands() {
    String view = "/api/admin/materialized-views/public.mv_audited";
    String supplier = "/api/admin/ingestion/suppliers/" + id("public.suppliers");
    return List.of(
        new Call("POST", "/api/admin/jobs", "{\"kind\": \"test.noop\"}"),
        new Call("POST", "/api/admin/jobs/bulk", "{\"jobs\": [{\"kind\": \"test.noop\"}]}"),
        new Call("POST", "/api/admin/jobs/" + failed + "/retry", ""),
        new Call("POST", "/api/admin/jobs/" + queued + "/cancel", ""),
        new Call("POST", "/api/admin/jobs/retry", "{\"state\": \"cancelled\"}"),
        new Call("POST", "/api/admin/jobs/cancel", "{\"kind\": \"test.noop\", \"limit\": 1}"),
        new Call("POST", "/api/admin/jobs/purge", "{\"kind\": \"test.noop\", \"limit\": 1}"),
        new Call("POST", "/api/admin/pauses", "{\"queue\": \"other\", \"reason\": \"r\"}"),
        new Call("DELETE", "/api/admin/pauses?queue=other", ""),
        new Call("PUT", WORKER, "{\"interval_seconds\": 77}"),
        new Call("POST", WORKER + "/pause", "{\"reason\": \"r\"}"),
        new Call("POST", WORKER + "/resume", ""),
        new Call("POST", WORKER + "/profile", "{\"profile\": \"production\"}"),
        new Call("PUT", view, "{\"max_lag_seconds\": 60}"),
        new Call("PUT", view + "/watches/public.audited", "{}"),
        new Call("DELETE", view + "/watches/public.audited", ""),
        new Call("POST", view + "/refresh", ""),
        new Call("DELETE", view, ""),
        new Call("POST", "/api/admin/ingestion/sync", ""),
        new Call("POST", "/api/admin/ingestion/sync/cancel", ""),
        new Call("POST", supplier + "/sync", ""),
        new Call("PUT", supplier + "/mapping", "{\"sku\": \"No\"}"),
        new Call("DELETE", supplier + "/mapping", ""),
        new Call("PUT", FLAG, OFF),
        new Call("DELETE", FLAG, ""),
        new Call("POST", "/api/admin/enqueue-stats-job", "{\"triggeredBy\": \"admin\"}"),
        new Call("POST", "/api/admin/stats/jobs/" + stats + "/retry", ""),
        new Call("PUT", "/api/admin/stats/stats", "{\"tolerate\": 3}"),
        new Call(
            "PUT",
            "/api/admin/stats/stats/functions/update_power_ratings",
            "{\"time_limit_seconds\": 7}"),
        new Call(
            "POST",
            "/api/admin/cache-invalidations/" + id("millrace.cache_invalidations") + "/send",
            ""),
        new Call("DELETE", "/api/admin/keys/abcdefghijkl", ""),
        new Call("DELETE", "/api/admin/sessions/" + id("millrace.sessions"), ""),
        new Call(
            "POST",
            "/api/admin/keys",
            "{\"name\": \"k\", \"role\": \"viewer\", \"scopes\": [\"read\"]}"),
        new Call(
            "POST",
            "/api/admin/users",
            "{\"name\": \"u\", \"role\": \"viewer\", \"password\": \"a long enough one\"}"),
        new Call("POST", "/api/admin/users/u/password", "{\"password\": \"another long one\"}"),
        new Call("POST", "/api/admin/users/u/link", ""),
        new Call("POST", "/api/admin/users/u/disable", ""));
  }

  private Answer call(Call call) {
    return api.send(call.on(api.request(call.path()).header("Millrace-Reason", "of the test")));
  }

  @Test
  void each_command_is_on_record_with_its_caller_and_its_reason() {
    Set<String> actions = new TreeSet<>();
    for (Call call : commands()) {
      long before = rows();
      Answer answer = call(call);
      assertThat(answer.status()).as(call + answer.response().body()).isBetween(200, 299);
      assertThat(rows()).as(call.toString()).isEqualTo(before + 1);
      JsonNode entry = accounts.audit("?limit=1").path(0);
      assertThat(entry.path("outcome").asText()).isEqualTo("allowed");
      assertThat(entry.path("who").asText()).isEqualTo("admin");
      assertThat(entry.path("who_type").asText()).isEqualTo("admin_key");
      assertThat(entry.path("role").asText()).isEqualTo("admin");
      assertThat(entry.path("address").asText()).isEqualTo("127.0.0.1");
      assertThat(entry.path("request_id").asText())
          .isEqualTo(answer.header("Millrace-Request-Id"))
          .hasSize(36);
      assertThat(entry.path("reason").asText()).isIn("of the test", "r", "rolled back");
      actions.add(entry.path("action").asText());
    }
    assertThat(actions)
        .containsExactlyInAnyOrder(
            "cache.send",
            "flag.clear",
            "flag.set",
            "job.cancel",
            "job.enqueue",
            "job.purge",
            "job.retry",
            "key.add",
            "key.revoke",
            "mapping.delete",
            "mapping.set",
            "queue.pause",
            "queue.resume",
            "session.end",
            "stats.function",
            "stats.group",
            "stats.retry",
            "stats.run",
            "sync.cancel",
            "sync.run",
            "user.add",
            "user.disable",
            "user.link",
            "user.password",
            "view.refresh",
            "view.register",
            "view.unregister",
            "view.unwatch",
            "view.watch",
            "worker.change",
            "worker.pause",
            "worker.profile",
            "worker.resume");
    JsonNode flag = accounts.audit("?action=flag.set").path(0);
    assertThat(flag.path("target").asText()).isEqualTo("USE_BG_JOBS_GLOBAL");
    assertThat(flag.at("/before/enabled").asBoolean()).isTrue();
    assertThat(flag.at("/after/enabled").asBoolean()).isFalse();
  }

  @Test
  void no_operation_that_changes_something_is_left_out() {
    Set<String> changes = new TreeSet<>(api.api.permissions().keySet());
    changes.removeIf(operation -> operation.startsWith("GET "));
    List<Call> calls = new ArrayList<>(commands());
    calls.addAll(WAITING);
    changes.removeIf(
        operation ->
            calls.stream()
                .anyMatch(
                    call ->
                        (call.method() + " " + call.path().replaceFirst("[?].*", ""))
                            .matches(operation.replaceAll("\\{[a-z]+}", "[^/]+"))));
    // they concern the session of a cookie, and are on record in SessionsTest
    assertThat(changes).containsExactly("POST /api/admin/login", "POST /api/admin/logout");
  }

  @Test
  void a_command_that_cannot_be_recorded_has_no_effect() {
    List<Call> commands = new ArrayList<>(commands());
    commands.addAll(WAITING);
    api.sql(
        "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " RAISE EXCEPTION 'no' USING ERRCODE = '53100'; END $$");
    // what the later commands need, so that none of them fails for another reason
    assertThat(api.post("/api/admin/pauses", "{\"queue\": \"other\", \"reason\": \"r\"}").status())
        .isEqualTo(201);
    accounts.user("u", "viewer");
    String watch = "/api/admin/materialized-views/public.mv_audited/watches/public.audited";
    assertThat(api.put(watch, "{}").status()).isEqualTo(200);
    api.sql(
        "CREATE TRIGGER refuse BEFORE INSERT ON millrace.audit FOR EACH ROW EXECUTE FUNCTION public.refuse()");
    String before = state();
    for (Call call : commands) {
      Answer answer = call(call);
      assertThat(answer.status()).as(call + answer.response().body()).isIn(202, 409, 500, 503);
      assertThat(state()).as(call.toString()).isEqualTo(before);
    }
  }

  /** All rows that a command may change. */
  private String state() {
    StringBuilder state = new StringBuilder();
    for (String table :
        List.of(
            "millrace.jobs",
            "millrace.pauses",
            "public.background_workers",
            "millrace.sync_mappings",
            "millrace.mv_views",
            "millrace.mv_watches",
            "millrace.cache_invalidations",
            "millrace.stats_functions",
            "millrace.flags",
            "millrace.stats_groups",
            "millrace.api_keys",
            "millrace.users",
            "millrace.sign_in_links",
            "millrace.sessions")) {
      state.append(table).append(digest(table)).append('\n');
    }
    return state.toString();
  }

  private String digest(String table) {
    return api.jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '-') FROM "
                        + table
                        + " t")
                .mapTo(String.class)
                .one());
  }

  private long rows() {
    return api.jdbi.withHandle(
        handle -> handle.select("SELECT count(*) FROM millrace.audit").mapTo(Long.class).one());
  }

  @Test
  void refusals_are_on_record_with_the_code_of_their_answer() {
    String viewer = accounts.key("viewer", "[\"read\"]", "");
    api.send(new Call("PUT", FLAG, OFF).on(accounts.with(viewer, FLAG)));
    JsonNode refused = accounts.audit("?outcome=refused").path(0);
    assertThat(refused.path("who").asText()).isEqualTo("k-viewer");
    assertThat(refused.path("who_type").asText()).isEqualTo("api_key");
    assertThat(refused.path("target").asText()).isEqualTo("PUT " + FLAG);
    assertThat(refused.path("problem").asText()).isEqualTo("forbidden");

    api.post("/api/admin/jobs/" + failed + "/cancel", null);
    assertThat(accounts.audit("?action=job.cancel").path(0).path("problem").asText())
        .isEqualTo("wrong_state");
    accounts.login("no-such-user", "x");
    JsonNode login = accounts.audit("?action=session.begin").path(0);
    assertThat(login.path("who_type").asText()).isEqualTo("unknown");
    assertThat(login.path("problem").asText()).isEqualTo("wrong_credentials");
  }

  @Test
  void refusals_of_a_minute_are_bounded() {
    String viewer = accounts.key("viewer", "[\"read\"]", "");
    for (int i = 0; i < 700; i++) {
      assertThat(api.send(accounts.with(viewer, "/api/admin/users")).status()).isEqualTo(403);
    }
    assertThat(rows()).isBetween(300L, 650L);
  }

  @Test
  void flags_and_pauses_need_a_reason_in_the_body_or_the_header() {
    for (Call call :
        List.of(
            new Call("PUT", FLAG, "{\"enabled\": false}"),
            new Call("DELETE", FLAG, ""),
            new Call("POST", "/api/admin/pauses", "{\"queue\": \"other\"}"),
            new Call("POST", WORKER + "/pause", "{}"))) {
      Answer without = api.send(call.on(api.request(call.path())));
      assertThat(without.status()).as(call.toString()).isEqualTo(422);
      assertThat(without.json().at("/errors/0/pointer").asText()).isEqualTo("/reason");
      assertThat(call(call).status()).as(call.toString()).isBetween(200, 299);
    }
    Answer malformed =
        api.send(
            new Call("PUT", FLAG, OFF)
                .on(api.request(FLAG).header("Millrace-Reason", "x".repeat(501))));
    assertThat(malformed.status()).isEqualTo(400);
  }

  @Test
  void text_of_a_client_is_data_in_the_audit_and_its_headers() {
    Answer answer =
        api.send(
            new Call("PUT", FLAG, "{\"enabled\": false, \"reason\": \"a\\nINFO forged\\u001b[2J\"}")
                .on(api.request(FLAG).header("Millrace-Request-Id", "a b; x=1")));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Millrace-Request-Id")).hasSize(36);
    String exported = api.get("/api/admin/audit/export").response().body();
    assertThat(exported.lines()).hasSize((int) rows());
    assertThat(exported).contains("a\\nINFO forged\\u001B[2J");
    Answer known =
        api.send(
            new Call("PUT", FLAG, OFF).on(api.request(FLAG).header("Millrace-Request-Id", "r-1")));
    assertThat(known.header("Millrace-Request-Id")).isEqualTo("r-1");
  }

  @Test
  void the_list_is_paged_filtered_and_exported() {
    for (int i = 0; i < 5; i++) {
      api.send(new Call("PUT", FLAG, OFF).on(api.request(FLAG)));
    }
    accounts.key("viewer", "[\"read\"]", "");
    JsonNode page = api.get("/api/admin/audit?action=flag.set&limit=2").json();
    List<String> ids = new ArrayList<>(page.path("entries").findValuesAsText("id"));
    while (!page.path("next_cursor").isNull()) {
      page =
          api.get(
                  "/api/admin/audit?action=flag.set&limit=2&cursor="
                      + page.path("next_cursor").asText())
              .json();
      ids.addAll(page.path("entries").findValuesAsText("id"));
    }
    assertThat(ids).hasSize(5).doesNotHaveDuplicates();
    assertThat(accounts.audit("?since=2100-01-01T00:00:00Z")).isEmpty();
    assertThat(accounts.audit("?until=2100-01-01T00:00:00Z&who=admin&target=k-viewer")).hasSize(1);
    assertThat(api.get("/api/admin/audit?since=yesterday").status()).isEqualTo(400);
    Answer export = api.get("/api/admin/audit/export?action=flag.set");
    assertThat(export.header("Content-Type")).startsWith("application/x-ndjson");
    assertThat(export.response().body().lines().map(line -> Json.tree(line).path("id").asText()))
        .containsExactlyElementsOf(ids);
  }

  @Test
  void rows_of_the_audit_are_neither_changed_nor_deleted() {
    api.send(new Call("PUT", FLAG, OFF).on(api.request(FLAG)));
    for (String statement :
        List.of(
            "UPDATE millrace.audit SET who = 'another user'",
            "DELETE FROM millrace.audit",
            "TRUNCATE millrace.audit")) {
      assertThatThrownBy(() -> api.sql(statement)).as(statement).hasMessageContaining("audit");
    }
    assertThat(rows()).isEqualTo(1);
    String rights =
        api.jdbi.withHandle(
            handle ->
                handle
                    .select(
                        "SELECT string_agg(privilege_type, ' ' ORDER BY privilege_type)"
                            + " FROM information_schema.role_table_grants"
                            + " WHERE table_schema = 'millrace' AND table_name = 'audit' AND grantee = grantor")
                    .mapTo(String.class)
                    .one());
    assertThat(rights).contains("INSERT", "SELECT").doesNotContain("UPDATE", "TRUNCATE");
  }
}
