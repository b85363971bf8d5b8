package dev.millrace.address;

import dev.millrace.MillraceException;
import java.net.IDN;
import java.util.regex.Pattern;

/**
 * One server.
 *
 * @param name a name in ASCII, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535
 */
public record Host(String name, int port) {
  private static final Pattern NAME =
      Pattern.compile("(?!.{254})[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\\.?");
  private static final Pattern LABELS = Pattern.compile("[^.]{1,63}(?:\\.[^.]{1,63})*\\.?");
  // the resolver takes what has only these for a literal address and sends no query
  private static final Pattern IPV6 =
      Pattern.compile("(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9_.-]{1,32})?");

  /** {@code host}, {@code host:port} or {@code [IPv6]:port}. */
  static Host parse(String text, int defaultPort) {
    String host;
    String rest;
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      if (end < 0) {
        throw new MillraceException("the host lacks the ']' that ends an IPv6 address");
      }
      host = Percent.decode("host", text.substring(1, end));
      rest = text.substring(end + 1);
      if (!IPV6.matcher(host).matches()) {
        throw new MillraceException("what stands in brackets is not an IPv6 address");
      }
    } else {
      int colon = text.indexOf(':');
      if (colon >= 0 && text.indexOf(':', colon + 1) >= 0) {
        throw new MillraceException(
            "a host holds more than one ':': an IPv6 address is written in brackets, [::1]:5432");
      }
      host = name(Percent.decode("host", colon < 0 ? text : text.substring(0, colon)));
      rest = colon < 0 ? "" : text.substring(colon);
    }
    return new Host(host, port(rest, defaultPort));
  }

  private static String name(String text) {
    if (text.isEmpty()) {
      throw new MillraceException("a host is missing before ':', ',' or '/'");
    }
    if (text.startsWith("/")) {
      throw new MillraceException("a Unix socket cannot be used: name a host and a port");
    }
    String ascii = isName(text) ? text : ascii(text);
    if (!isName(ascii)) {
      throw new MillraceException(
          "the host must be letters, digits, '-', '_' and '.', at most 63 in a row without '.'");
    }
    return ascii;
  }

  private static String ascii(String text) {
    try {
      return IDN.toASCII(text);
    } catch (IllegalArgumentException e) {
      throw new MillraceException("the host is not a name that can be looked up", e);
    }
  }

  private static boolean isName(String text) {
    return NAME.matcher(text).matches() && LABELS.matcher(text).matches();
  }

  private static int port(String rest, int defaultPort) {
    if (rest.isEmpty() || rest.equals(":")) {
      return defaultPort;
    }
    if (rest.matches(":[0-9]{1,5}")) {
      int port = Integer.parseInt(rest.substring(1));
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    }
    throw new MillraceException("the port after the host must be a number from 1 to 65535");
  }

  /** As it stands in an address: IPv6 in brackets. */
  @Override
  public String toString() {
    return (name.indexOf(':') >= 0 ? "[" + name.replace("%", "%25") + "]" : name) + ":" + port;
  }
}
