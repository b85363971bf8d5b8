package dev.millrace.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.api.access.AccessRules;
import dev.millrace.api.access.TrustedProxies;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An API with users and keys, and calls made as them. */
final class AccountsFixture implements AutoCloseable {
  static final String PASSWORD = "correct horse battery";

  /** The addresses of this machine are those of a proxy. */
  static final AccessRules BEHIND_A_PROXY =
      new AccessRules(
          Set.of(),
          TrustedProxies.parse("127.0.0.0/8"),
          false,
          Duration.ofMinutes(30),
          Duration.ofHours(12),
          6_000,
          Optional.empty());

  final ApiFixture api;
  private final Map<String, Integer> keys = new HashMap<>();

  AccountsFixture() {
    this(AccessRules.DEFAULT);
  }

  AccountsFixture(AccessRules rules) {
    api = new ApiFixture(AdminApi.Stats.DEFAULT, rules);
  }

  /** A request without a key. */
  HttpRequest.Builder bare(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.api.port() + path));
  }

  /**
   * A new key, such as {@code k-viewer} and {@code k-viewer-2}; more of its fields begin with a
   * comma.
   */
  String key(String role, String scopes, String more) {
    Answer made =
        api.post(
            "/api/admin/keys",
            "{\"name\": \"k-%s\", \"role\": \"%s\", \"scopes\": %s%s}"
                .formatted(name(role), role, scopes, more));
    if (made.status() != 201) {
      throw new AssertionError(made.response().body());
    }
    return made.json().path("key").asText();
  }

  private String name(String role) {
    int number = keys.merge(role, 1, Integer::sum);
    return number == 1 ? role : role + "-" + number;
  }

  HttpRequest.Builder with(String key, String path) {
    return bare(path).header("Authorization", "Bearer " + key);
  }

  static HttpRequest.Builder post(HttpRequest.Builder request, String body) {
    return request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
  }

  void user(String name, String role) {
    Answer added =
        api.post(
            "/api/admin/users",
            "{\"name\": \"%s\", \"role\": \"%s\", \"password\": \"%s\"}"
                .formatted(name, role, PASSWORD));
    if (added.status() != 201) {
      throw new AssertionError(added.response().body());
    }
  }

  Answer login(String name, String password) {
    return api.send(
        post(
            bare("/api/admin/login"),
            "{\"name\": \"%s\", \"password\": \"%s\"}".formatted(name, password)));
  }

  /** A user who has signed in. */
  SignedIn signedIn(String name, String role) {
    user(name, role);
    return SignedIn.of(this, login(name, PASSWORD));
  }

  /** A session, as the browser keeps it. */
  record SignedIn(AccountsFixture accounts, String cookie, String csrf) {
    static SignedIn of(AccountsFixture accounts, Answer login) {
      if (login.status() != 200) {
        throw new AssertionError(login.response().body());
      }
      return new SignedIn(
          accounts,
          login.header("Set-Cookie").replaceFirst(";.*", ""),
          login.json().path("csrf").asText());
    }

    HttpRequest.Builder request(String path) {
      return accounts.bare(path).header("Cookie", cookie);
    }

    Answer get(String path) {
      return accounts.api.send(request(path));
    }

    /** A change, with the header that a page of ours sends. */
    Answer post(String path, String body) {
      return accounts.api.send(
          AccountsFixture.post(request(path).header("Millrace-CSRF", csrf), body));
    }

    Answer delete(String path) {
      return accounts.api.send(request(path).header("Millrace-CSRF", csrf).DELETE());
    }
  }

  /** The rows of the audit, the newest first. */
  JsonNode audit(String query) {
    return api.get("/api/admin/audit" + query).json().path("entries");
  }

  @Override
  public void close() {
    api.close();
  }
}
