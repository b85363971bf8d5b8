package dev.millrace.redis;

import dev.millrace.MillraceException;
import dev.millrace.address.Address;
import dev.millrace.address.Host;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    List<Host> nodes,
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

  private static final String EXPECTED =
      "; expected redis://host:port, redis-sentinel://host:port,host:port/master or"
          + " redis-cluster://host:port,host:port";
  private static final Map<String, Integer> SCHEMES =
      Map.of(
          "redis", 6379,
          "rediss", 6379,
          "redis-sentinel", 26_379,
          "rediss-sentinel", 26_379,
          "redis-cluster", 6379,
          "rediss-cluster", 6379);

  public RedisUrl {
    nodes = List.copyOf(nodes);
  }

  /**
   * Reads one of the four forms.
   *
   * @throws MillraceException when it is none of them; the message does not repeat a password
   */
  public static RedisUrl parse(String url) {
    Address address;
    try {
      address = Address.parse(url, SCHEMES);
    } catch (MillraceException e) {
      throw new MillraceException(e.getMessage() + EXPECTED, e);
    }
    Topology topology =
        switch (address.scheme()) {
          case "redis-sentinel", "rediss-sentinel" -> Topology.SENTINEL;
          case "redis-cluster", "rediss-cluster" -> Topology.CLUSTER;
          default -> Topology.SINGLE;
        };
    if (address.hosts().isEmpty()) {
      throw new MillraceException("the host is missing" + EXPECTED);
    }
    if (!address.options().isEmpty()) {
      throw new MillraceException(
          "a Redis address takes no options, was ?"
              + String.join(", ", address.options().keySet()));
    }
    if (topology == Topology.SINGLE && address.hosts().size() != 1) {
      throw new MillraceException("redis:// names one server, was " + address.hosts());
    }
    boolean sentinel = topology == Topology.SENTINEL;
    String[] path = address.path().split("/", -1);
    if (sentinel && path[0].isEmpty()) {
      throw new MillraceException(
          "redis-sentinel:// needs the master's name after the hosts: /mymaster");
    }
    if (path.length > (sentinel ? 2 : 1)) {
      throw new MillraceException(
          "there is more than a database's number after the host" + EXPECTED);
    }
    String db = path.length > 1 ? path[1] : sentinel ? "" : path[0];
    return new RedisUrl(
        topology,
        address.scheme().startsWith("rediss"),
        address.hosts(),
        address.user(),
        address.password(),
        sentinel ? Optional.of(path[0]) : Optional.empty(),
        db.isEmpty() ? 0 : number(db, topology == Topology.CLUSTER ? 0 : Integer.MAX_VALUE));
  }

  private static int number(String text, int max) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // falls through to the one refusal below
    }
    throw new MillraceException(
        "the database must be a number from 0 to " + max + ", was '" + text + "'");
  }

  @Override
  public String toString() {
    return topology.name().toLowerCase(Locale.ROOT) + " " + nodes;
  }
}
