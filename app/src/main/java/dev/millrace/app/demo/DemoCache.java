package dev.millrace.app.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.app.config.Secret;
import dev.millrace.app.error.UserError;
import dev.millrace.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;

/**
 * The demo's stand-in for an application whose cache is invalidated when figures change. Takes
 * calls on the loopback address that carry the key, and remembers their tags. Thread-safe.
 */
public final class DemoCache implements AutoCloseable {
  private static final int KEY_BYTES = 16;
  private static final int MOST_BYTES = 64 * 1024;

  private final HttpServer server;
  private final Secret key;
  private final Set<String> tags = new TreeSet<>();

  private DemoCache(HttpServer server) {
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    this.server = server;
    this.key = new Secret(HexFormat.of().formatHex(random));
    server.createContext("/api/cache/invalidate", this::take);
    server.start();
  }

  /** Listens on a free port. */
  public static DemoCache start() {
    try {
      return new DemoCache(
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    } catch (IOException e) {
      throw new UserError("the demo's cache cannot listen: " + e.getMessage(), e);
    }
  }

  public URI url() {
    return URI.create(
        "http://127.0.0.1:" + server.getAddress().getPort() + "/api/cache/invalidate");
  }

  public Secret key() {
    return key;
  }

  /** The invalidations received so far. */
  synchronized Set<String> tags() {
    return new TreeSet<>(tags);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      String given = exchange.getRequestHeaders().getFirst("Authorization");
      if (!("Bearer " + key.value()).equals(given)) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES);
      synchronized (this) {
        Json.tree(new String(body, StandardCharsets.UTF_8))
            .path("tags")
            .forEach(tag -> tags.add(tag.asText()));
      }
      exchange.sendResponseHeaders(204, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
