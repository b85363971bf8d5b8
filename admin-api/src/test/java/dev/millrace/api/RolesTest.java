package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.api.access.Access;
import dev.millrace.api.access.Permission;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Each role at each operation: what the table declares is what happens over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RolesTest {
  /** Lines of {@code METHOD path | roles that may}, or {@code | all} without any key. */
  private static final String DECLARED = "RolesTest/roles.txt";

  private static final List<String> ROLES = List.of("viewer", "operator", "admin");
  private static final String SCOPES = "[\"read\", \"operate\", \"admin\", \"enqueue\"]";

  /** Each call without a key has an address of its own: none is delayed. */
  private final AccountsFixture accounts = new AccountsFixture(AccountsFixture.BEHIND_A_PROXY);

  private int strangers;

  @AfterAll
  void close() {
    accounts.close();
  }

  private static Map<String, String> declared() throws IOException {
    Map<String, String> lines = new TreeMap<>();
    try (InputStream in = RolesTest.class.getResourceAsStream(DECLARED)) {
      if (in == null) {
        return fail(DECLARED + " is missing");
      }
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(line -> lines.put(line.split(" \\| ", 2)[0], line.split(" \\| ", 2)[1]));
    }
    return lines;
  }

  /** An operation with names that nothing has in the places of its parameters. */
  private static HttpRequest.Builder call(HttpRequest.Builder request, String method) {
    return method.equals("GET") || method.equals("DELETE")
        ? request.method(method, BodyPublishers.noBody())
        : request
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString("{\"nothing\": 1}"));
  }

  private Answer as(String key, String operation) {
    String[] parts = operation.split(" ", 2);
    String path =
        parts[1].replaceAll("\\{[^}]*}", "7")
            + (parts[1].endsWith("/events")
                ? "?seconds=1"
                : ""); // a stream ends when it is told to
    return accounts.api.send(
        call(key.isEmpty() ? stranger(path) : accounts.with(key, path), parts[0]));
  }

  private HttpRequest.Builder stranger(String path) {
    strangers++;
    return accounts.bare(path).header("X-Forwarded-For", "192.0.2." + strangers);
  }

  @Test
  void each_role_may_call_what_the_table_declares() throws IOException {
    Map<String, String> keys = new LinkedHashMap<>();
    ROLES.forEach(role -> keys.put(role, accounts.key(role, SCOPES, "")));
    Map<String, String> found = new TreeMap<>();
    for (String operation : accounts.api.operations()) {
      List<String> allowed = new ArrayList<>();
      if (as("", operation).status() != 401) {
        allowed.add("all");
      } else {
        keys.forEach(
            (role, key) -> {
              Answer answer = as(key, operation);
              if (answer.status() != 403) {
                allowed.add(role);
              } else {
                assertThat(answer.json().path("code").asText()).isEqualTo("forbidden");
                assertThat(answer.json().path("permission").asText()).isNotEmpty();
              }
            });
      }
      found.put(operation, String.join(" ", allowed));
    }
    assertThat(found).isEqualTo(declared());
  }

  @Test
  void every_route_names_what_its_caller_needs() {
    accounts
        .api
        .api
        .permissions()
        .forEach(
            (operation, roles) ->
                assertThat(roles)
                    .as(operation)
                    .filteredOn(role -> role instanceof Permission || role instanceof Access)
                    .hasSize(1));
  }

  @Test
  void head_and_options_are_no_way_round_a_role() {
    String viewer = accounts.key("viewer", SCOPES, "");
    for (String path : List.of("/api/admin/users", "/api/admin/keys", "/api/admin/audit/export")) {
      assertThat(
              accounts
                  .api
                  .send(accounts.with(viewer, path).method("HEAD", BodyPublishers.noBody()))
                  .status())
          .as(path)
          .isEqualTo(403);
      assertThat(
              accounts.api.send(stranger(path).method("OPTIONS", BodyPublishers.noBody())).status())
          .as(path)
          .isEqualTo(401);
    }
  }

  @Test
  void names_in_a_path_are_data_in_the_audit() {
    String viewer = accounts.key("viewer", SCOPES, "");
    for (String name : List.of("a%0AINFO%20forged", "%00", "%FF%FE", "%ED%A0%80", "%1b%5B2J")) {
      try (RawClient client = new RawClient(accounts.api.api.port())) {
        String answer =
            client
                .send(
                    "POST /api/admin/users/"
                        + name
                        + "/disable HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                        + viewer
                        + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .rest();
        assertThat(answer).as(name).containsPattern("^HTTP/1.1 (400|403) ");
      }
    }
    assertThat(accounts.audit("?outcome=refused").findValuesAsText("target"))
        .anyMatch(target -> target.endsWith("forged/disable"))
        .noneMatch(target -> target.contains("\n"));
  }

  @Test
  void a_route_that_is_not_found_is_no_way_round_a_role() {
    String viewer = accounts.key("viewer", SCOPES, "");
    for (String path :
        List.of(
            "/api/admin/jobs/1/cancel/",
            "/api/admin//jobs/1/cancel",
            "/api/admin/jobs/1/%63ancel",
            "/API/admin/jobs/1/cancel",
            "/api/admin/x/../jobs/1/cancel",
            "/api/admin/login/../jobs/1/cancel",
            "/api/admin/jobs/1/cancel;x")) {
      assertThat(
              accounts.api.send(AccountsFixture.post(accounts.with(viewer, path), "{}")).status())
          .as(path)
          .isIn(400, 401, 403, 404);
    }
    for (String override : List.of("X-HTTP-Method-Override", "X-Method-Override")) {
      assertThat(
              accounts
                  .api
                  .send(
                      accounts
                          .with(viewer, "/api/admin/flags/USE_BG_JOBS_GLOBAL")
                          .header(override, "DELETE"))
                  .status())
          .isEqualTo(400);
    }
  }
}
