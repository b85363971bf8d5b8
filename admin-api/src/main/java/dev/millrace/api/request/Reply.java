package dev.millrace.api.request;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.json.Json;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/**
 * An answer that can be given again.
 *
 * @param location null: nothing was made that has an address
 */
public record Reply(int status, @Nullable String location, JsonNode body) {

  /** Accepted, with what has become of it. */
  public static Reply accepted(@Nullable String location, Object body) {
    return new Reply(202, location, Json.mapper().valueToTree(body));
  }

  public void send(Context ctx) {
    ctx.status(status);
    if (location != null) {
      ctx.header("Location", location);
    }
    ctx.json(body);
  }
}
