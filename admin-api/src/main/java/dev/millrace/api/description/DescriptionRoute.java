package dev.millrace.api.description;

import dev.millrace.api.access.Permission;
import dev.millrace.api.request.EntityTags;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** {@code GET /api/openapi.yaml}: what the API can do, in OpenAPI 3.1. Thread-safe. */
public final class DescriptionRoute {
  private static final String FILE = "openapi.yaml";

  /** The media type of RFC 9512, which has no parameter for a charset. */
  private static final String YAML = "application/yaml";

  private final byte[] text = read();
  private final String tag = EntityTags.weak(text);

  public void addTo(RoutesConfig routes) {
    routes.get("/api/openapi.yaml", this::answer, Permission.READ);
  }

  private void answer(Context ctx) {
    if (!EntityTags.isKnown(ctx, tag)) {
      ctx.contentType(YAML).result(text);
    }
  }

  private static byte[] read() {
    try (InputStream file = DescriptionRoute.class.getResourceAsStream(FILE)) {
      if (file == null) {
        throw new IllegalStateException(FILE + " is not on the class path");
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read", e);
    }
  }
}
