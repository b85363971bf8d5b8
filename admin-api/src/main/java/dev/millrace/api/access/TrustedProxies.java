package dev.millrace.api.access;

import io.javalin.http.Context;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * The proxies whose word counts about the address of a client. Without them {@code X-Forwarded-For}
 * is ignored: any client can write it.
 */
public final class TrustedProxies {
  public static final TrustedProxies NONE = new TrustedProxies(List.of());

  /** Only what can be nothing but an address: a name would be looked up. */
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

  private static final String HEADER = "X-Forwarded-For";
  private static final String FORWARDED_FOR = TrustedProxies.class.getName();

  /** The most entries of the header that are read, from its end. */
  private static final int MOST_HOPS = 20;

  private final List<Network> networks;

  private TrustedProxies(List<Network> networks) {
    this.networks = List.copyOf(networks);
  }

  private record Network(InetAddress base, int bits) {
    boolean contains(InetAddress other) {
      byte[] address = base.getAddress();
      byte[] bytes = other.getAddress();
      if (bytes.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += 8) {
        int mask = bits - bit >= 8 ? 0xff : 0xff << (8 - (bits - bit)) & 0xff;
        if ((bytes[bit / 8] & mask) != (address[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Reads addresses and networks separated by commas, such as {@code 10.0.0.7, fd00::/8}.
   *
   * @throws IllegalArgumentException naming the first that is neither
   */
  public static TrustedProxies parse(String text) {
    return new TrustedProxies(
        Arrays.stream(text.split(",", -1))
            .map(String::strip)
            .map(TrustedProxies::network)
            .toList());
  }

  private static Network network(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    String size = slash < 0 ? "" : text.substring(slash + 1);
    Optional<InetAddress> parsed = address(address);
    int most = parsed.map(known -> known.getAddress().length * 8).orElse(0);
    boolean valid =
        parsed.isPresent()
            && (slash < 0 || (size.matches("[0-9]{1,3}") && Integer.parseInt(size) <= most));
    if (!valid) {
      throw new IllegalArgumentException(
          "must be addresses or networks separated by commas, such as 10.0.0.7 or 10.0.0.0/8; '"
              + text
              + "' is neither");
    }
    return new Network(parsed.orElseThrow(), slash < 0 ? most : Integer.parseInt(size));
  }

  private static Optional<InetAddress> address(String text) {
    if (text.length() > 45 || !ADDRESS.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text)); // a literal: nothing is looked up
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private boolean contains(InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }

  /** Keeps all lines of the header: Javalin shows the first, which is the client's own. */
  public static void remember(Request request) {
    List<String> lines = request.getHeaders().getValuesList(HEADER);
    if (!lines.isEmpty()) {
      request.setAttribute(FORWARDED_FOR, String.join(",", lines));
    }
  }

  /**
   * The address of the client: of the connection, or, when that is of a trusted proxy, the last one
   * in {@code X-Forwarded-For} that no trusted proxy has.
   */
  public String client(Context ctx) {
    return client(ctx.ip(), ctx.attribute(FORWARDED_FOR));
  }

  String client(String connection, @Nullable String forwardedFor) {
    if (forwardedFor == null || !isTrusted(connection)) {
      return connection;
    }
    String[] hops = forwardedFor.split(",", -1);
    String client = connection;
    for (int i = hops.length - 1; i >= Math.max(0, hops.length - MOST_HOPS); i--) {
      Optional<InetAddress> hop = address(hops[i].strip());
      if (hop.isEmpty()) {
        return client;
      }
      client = hop.get().getHostAddress();
      if (!contains(hop.get())) {
        return client;
      }
    }
    return client;
  }

  private boolean isTrusted(String connection) {
    String plain =
        connection.startsWith("[") ? connection.substring(1, connection.length() - 1) : connection;
    return address(plain).filter(this::contains).isPresent();
  }
}
