package dev.millrace.stats;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.http.JsonPoster;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * What runs the stats while a flag is off: the calls are handed to it as they came. Thread-safe.
 */
public final class LegacyStats {
  private final Optional<URI> url;
  private final Map<String, String> headers;
  private final JsonPoster web;

  public LegacyStats(StatsSettings settings) {
    this.url = settings.legacy();
    this.headers = authorization(settings);
    this.web = new JsonPoster(settings.patience());
  }

  /** The header that says who calls; empty when no key is set. */
  public static Map<String, String> authorization(StatsSettings settings) {
    return settings
        .internalApiKey()
        .map(key -> Map.of("Authorization", "Bearer " + key))
        .orElse(Map.of());
  }

  /** Whether a web server of the application takes calls. */
  public boolean isSet() {
    return url.isPresent();
  }

  /**
   * Sends a call and waits for the answer.
   *
   * @param extra the other fields of the call
   * @throws JsonPoster.NoResponseException when there was none
   * @throws IllegalStateException unless {@link #isSet}
   */
  public JsonPoster.Answer call(StatsTrigger cause, Optional<String> requestId, ObjectNode extra)
      throws InterruptedException {
    ObjectNode body = extra.deepCopy().put("triggeredBy", cause.text());
    requestId.ifPresent(id -> body.put("requestId", id));
    return web.send(
        url.orElseThrow(() -> new IllegalStateException("no legacy address is set")),
        body.toString(),
        headers);
  }
}
