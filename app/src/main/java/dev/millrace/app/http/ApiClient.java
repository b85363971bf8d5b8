package dev.millrace.app.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.millrace.app.config.Secret;
import dev.millrace.app.error.NetworkReason;
import dev.millrace.app.error.UserError;
import dev.millrace.json.Json;
import dev.millrace.json.JsonException;
import dev.millrace.text.Visible;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Calls the API of a running Millrace, as any other program would. Thread-safe. It uses the oldest
 * client of the JDK: the newer one loads 600 classes more, TLS among them, before its first call,
 * which is a third of the time that a short command takes.
 */
public final class ApiClient {
  static {
    // otherwise a command whose connection breaks would be sent twice
    System.setProperty("sun.net.http.retryPost", "false");
  }

  private static final Duration CONNECT = Duration.ofSeconds(3);

  /** Longer than the longest call, a run-once, which waits up to 30 s for its job. */
  private static final Duration ANSWER = Duration.ofSeconds(45);

  private static final Pattern REASON = Pattern.compile("[\\x20-\\x7e]{1,500}");

  private final URI base;
  private final List<Secret> keys;
  private final Optional<String> reason;

  /**
   * A client of one API.
   *
   * @param keys tried in order until the API takes one
   */
  public ApiClient(URI base, List<Secret> keys) {
    this(base, keys, Optional.empty());
  }

  private ApiClient(URI base, List<Secret> keys, Optional<String> reason) {
    this.base = base;
    this.keys = List.copyOf(keys);
    this.reason = reason;
  }

  /**
   * A client whose changes say why they are made.
   *
   * @param why at most 500 printable ASCII characters, as the API takes it in a header
   * @throws UserError for another text
   */
  public ApiClient because(Optional<String> why) {
    why.filter(text -> !REASON.matcher(text).matches())
        .ifPresent(
            text -> {
              throw new UserError(
                  "--reason must be 1 to 500 printable ASCII characters, was '" + text + "'");
            });
    return new ApiClient(base, keys, why);
  }

  /**
   * What was answered.
   *
   * @param body missing when there was none
   */
  public record Answer(int status, JsonNode body) {
    public boolean ok() {
      return status >= 200 && status < 300;
    }

    /** The problem of a failed answer, in one line. */
    public ApiException failure() {
      return new ApiException(status, Visible.line(problem()));
    }

    /**
     * The body of a good answer.
     *
     * @throws ApiException with the problem's detail otherwise
     */
    public JsonNode orThrow() {
      if (!ok()) {
        throw failure();
      }
      return body;
    }

    /** Of several wrong fields, what is wrong with each; the detail only counts them. */
    private String problem() {
      if (body.path("errors").size() > 1) {
        return body.path("errors")
            .valueStream()
            .map(error -> error.path("detail").asText())
            .collect(Collectors.joining("; "));
      }
      String detail = body.path("detail").asText("");
      String title = body.path("title").asText("");
      return detail.isEmpty() ? title : detail;
    }
  }

  /**
   * Asks.
   *
   * @param path below {@code /api/admin}, with its query
   * @throws UserError when the API does not answer
   */
  public Answer get(String path) {
    return call("GET", path, Optional.empty());
  }

  /** Posts, with a JSON object or nothing. */
  public Answer post(String path, Optional<JsonNode> body) {
    return call("POST", path, body);
  }

  /** Puts a JSON object. */
  public Answer put(String path, JsonNode body) {
    return call("PUT", path, Optional.of(body));
  }

  /** Where the page of this API is. */
  public String page() {
    return root() + "/admin";
  }

  private String root() {
    return base.toString().replaceAll("/+$", "");
  }

  /** Deletes. */
  public Answer delete(String path) {
    return call("DELETE", path, Optional.empty());
  }

  private Answer call(String method, String path, Optional<JsonNode> body) {
    Answer answer = new Answer(401, MissingNode.getInstance());
    for (Secret key : keys) {
      answer = call(method, path, body, key);
      if (answer.status() != 401) {
        break;
      }
    }
    return answer;
  }

  private Answer call(String method, String path, Optional<JsonNode> body, Secret key) {
    try {
      HttpURLConnection request = request(method, path, key);
      if (method.equals("POST") || method.equals("PUT")) {
        request.setDoOutput(true);
        request
            .getOutputStream()
            .write(body.map(JsonNode::toString).orElse("").getBytes(StandardCharsets.UTF_8));
      }
      int status = request.getResponseCode();
      return new Answer(status, json(status, text(request)));
    } catch (IOException e) {
      throw new UserError(
          "no answer from "
              + base
              + " ("
              + NetworkReason.of(e, base.getHost())
              + "): is millrace running there? --url sets its address",
          e);
    }
  }

  private HttpURLConnection request(String method, String path, Secret key) throws IOException {
    HttpURLConnection request =
        (HttpURLConnection) URI.create(root() + "/api/admin" + path).toURL().openConnection();
    request.setRequestMethod(method);
    request.setInstanceFollowRedirects(false);
    request.setConnectTimeout((int) CONNECT.toMillis());
    request.setReadTimeout((int) ANSWER.toMillis());
    request.setRequestProperty("Authorization", "Bearer " + key.value());
    request.setRequestProperty("Content-Type", "application/json");
    request.setRequestProperty("Accept", "application/json, application/problem+json");
    reason.ifPresent(why -> request.setRequestProperty("Millrace-Reason", why));
    return request;
  }

  private static String text(HttpURLConnection answered) throws IOException {
    @Nullable InputStream failed = answered.getErrorStream();
    if (failed == null && answered.getResponseCode() >= 400) {
      return "";
    }
    try (InputStream body = failed == null ? answered.getInputStream() : failed) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private JsonNode json(int status, String text) {
    try {
      return text.isBlank() ? MissingNode.getInstance() : Json.tree(text);
    } catch (JsonException e) {
      throw new UserError(
          "what answers at "
              + base
              + " is not Millrace's API, or a proxy that does not reach it: it answered "
              + status
              + " without JSON",
          e);
    }
  }
}
