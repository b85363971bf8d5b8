package dev.millrace.redis;

import dev.millrace.MillraceException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where Redis is: {@code redis://[user:password@]host:port[/db]} (or {@code rediss://} for TLS), or
 * {@code redis-sentinel://[user:password@]host:port,host:port/master[/db]}, or {@code
 * redis-cluster://[user:password@]host:port,host:port}.
 *
 * @param nodes one for a single server, the sentinels or the first nodes of a cluster otherwise
 * @param master the name the sentinels know it by; empty unless {@code topology} is SENTINEL
 * @param password never shown by {@link #toString}
 */
public record RedisUrl(
    Topology topology,
    boolean tls,
    List<Node> nodes,
    Optional<String> user,
    Optional<String> password,
    Optional<String> master,
    int db) {

  /** How the servers stand together. */
  public enum Topology {
    SINGLE,
    SENTINEL,
    CLUSTER
  }

  /** One address. */
  public record Node(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  public RedisUrl {
    nodes = List.copyOf(nodes);
  }

  /**
   * Reads one of the four forms.
   *
   * @throws MillraceException when it is none of them; the message does not repeat a password
   */
  public static RedisUrl parse(String url) {
    int schemeEnd = url.indexOf("://");
    String scheme = schemeEnd < 0 ? "" : url.substring(0, schemeEnd);
    Topology topology =
        switch (scheme) {
          case "redis", "rediss" -> Topology.SINGLE;
          case "redis-sentinel", "rediss-sentinel" -> Topology.SENTINEL;
          case "redis-cluster", "rediss-cluster" -> Topology.CLUSTER;
          default ->
              throw new MillraceException(
                  "expected redis://host:port, redis-sentinel://host:port,host:port/master or"
                      + " redis-cluster://host:port,host:port, was scheme '"
                      + scheme
                      + "'");
        };
    String rest = url.substring(schemeEnd + 3);
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    String[] path = slash < 0 ? new String[0] : rest.substring(slash + 1).split("/", -1);
    int at = authority.lastIndexOf('@');
    Optional<String> user = Optional.empty();
    Optional<String> password = Optional.empty();
    if (at >= 0) {
      String[] info = authority.substring(0, at).split(":", 2);
      user = Optional.of(decoded(info[0])).filter(text -> !text.isEmpty());
      password = info.length == 2 ? Optional.of(decoded(info[1])) : Optional.empty();
    }
    List<Node> nodes =
        nodes(authority.substring(at + 1), topology == Topology.SENTINEL ? 26379 : 6379);
    if (topology == Topology.SINGLE && nodes.size() != 1) {
      throw new MillraceException("redis:// names one server, was " + nodes);
    }
    boolean sentinel = topology == Topology.SENTINEL;
    if (sentinel && (path.length == 0 || path[0].isEmpty())) {
      throw new MillraceException(
          "redis-sentinel:// needs the master's name after the hosts: /mymaster");
    }
    String db = sentinel ? (path.length > 1 ? path[1] : "") : (path.length > 0 ? path[0] : "");
    return new RedisUrl(
        topology,
        scheme.startsWith("rediss"),
        nodes,
        user,
        password,
        sentinel ? Optional.of(path[0]) : Optional.empty(),
        db.isEmpty() ? 0 : number("db", db, 0, 15));
  }

  private static List<Node> nodes(String hosts, int defaultPort) {
    List<Node> nodes = new ArrayList<>();
    for (String host : hosts.split(",", -1)) {
      try {
        URI uri = new URI("redis://" + host);
        if (uri.getHost() == null) {
          throw new MillraceException("'" + host + "' is not host:port");
        }
        nodes.add(new Node(uri.getHost(), uri.getPort() == -1 ? defaultPort : uri.getPort()));
      } catch (URISyntaxException e) {
        throw new MillraceException("'" + host + "' is not host:port", e);
      }
    }
    return nodes;
  }

  private static int number(String what, String text, int min, int max) {
    try {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // falls through to the one refusal below
    }
    throw new MillraceException(what + " must be " + min + " to " + max + ", was '" + text + "'");
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return topology.name().toLowerCase(Locale.ROOT) + " " + nodes;
  }
}
