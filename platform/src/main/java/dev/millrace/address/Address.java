package dev.millrace.address;

import dev.millrace.MillraceException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code scheme://user:password@host:port,host:port/path?name=value}, taken apart and decoded once.
 *
 * @param scheme in lower case
 * @param hosts in their order; empty when the text names none
 * @param path decoded, without the first {@code /}
 * @param options decoded, in their order
 */
public record Address(
    String scheme,
    Optional<String> user,
    Optional<String> password,
    List<Host> hosts,
    String path,
    Map<String, String> options) {

  private static final String CUT =
      "a '/', '?' or '#' stands before the '@': in a user or password they are written %2F, %3F, %23";

  public Address {
    hosts = List.copyOf(hosts);
  }

  /**
   * Takes a text apart.
   *
   * @param schemes those that are allowed, each with the port that counts when a host has none
   * @throws MillraceException saying what is wrong; it repeats nothing that may be a secret
   */
  public static Address parse(String text, Map<String, Integer> schemes) {
    int end = text.indexOf("://");
    String scheme = end < 0 ? "" : text.substring(0, end).toLowerCase(Locale.ROOT);
    Integer port = schemes.get(scheme);
    if (port == null) {
      throw new MillraceException(
          "the scheme must be one of "
              + String.join(", ", schemes.keySet().stream().sorted().toList())
              + (scheme.matches("[a-z][a-z0-9+.-]{0,30}") ? ", was '" + scheme + "'" : ""));
    }
    Parts parts = Parts.of(text.substring(end + 3));
    if (parts.userInfo().isPresent() && parts.path().indexOf('@') >= 0) {
      throw new MillraceException(CUT); // a password with '@' and '/'
    }
    return new Address(
        scheme,
        parts.user().map(user -> Percent.decode("user", user)).filter(user -> !user.isEmpty()),
        parts.password().map(password -> Percent.decode("password", password)),
        parts.hosts().isEmpty() ? List.of() : hosts(parts.hosts(), port),
        Percent.decode("path", parts.path()),
        options(parts.query()));
  }

  private static List<Host> hosts(String text, int port) {
    List<Host> hosts = new ArrayList<>();
    for (String host : text.split(",", -1)) {
      hosts.add(Host.parse(host, port));
    }
    return hosts;
  }

  private static Map<String, String> options(String query) {
    Map<String, String> options = new LinkedHashMap<>();
    if (query.isEmpty()) {
      return options;
    }
    for (String option : query.split("&", -1)) {
      int equals = option.indexOf('=');
      if (equals <= 0) {
        throw new MillraceException("after '?' each option is name=value, joined by '&'");
      }
      String name = Percent.decode("name of an option", option.substring(0, equals));
      options.put(name, Percent.decode("option " + name, option.substring(equals + 1)));
    }
    return options;
  }

  /**
   * A web or file address as a {@link URI}, its host in ASCII.
   *
   * @param schemes those that are allowed
   * @throws MillraceException when it is not one; it repeats nothing that may be a secret
   */
  public static URI web(String text, Set<String> schemes) {
    String allowed = String.join(", ", schemes.stream().sorted().toList());
    try {
      int end = text.indexOf("://");
      String scheme = text.substring(0, Math.max(0, text.indexOf(':'))).toLowerCase(Locale.ROOT);
      if (!schemes.contains(scheme)) {
        throw new MillraceException("must be a URL (" + allowed + ")");
      }
      if (scheme.equals("file")) {
        URI file = new URI(text);
        if (file.getPath() == null) {
          throw new MillraceException("must be a URL (" + allowed + ") with a path");
        }
        return file;
      }
      if (end < 0) {
        throw new MillraceException("must be a URL (" + allowed + ") with '//' and a host");
      }
      Parts parts = Parts.of(text.substring(end + 3));
      if (parts.hosts().contains(",")) {
        throw new MillraceException("must be a URL (" + allowed + ") with one host");
      }
      Host host = Host.parse(parts.hosts(), 1);
      boolean port = parts.hosts().matches(".*:[0-9]+");
      String name = host.toString().substring(0, host.toString().lastIndexOf(':'));
      URI uri =
          new URI(
              scheme
                  + "://"
                  + parts.userInfo().map(info -> info + "@").orElse("")
                  + name
                  + (port ? ":" + host.port() : "")
                  + text.substring(end + 3 + parts.authorityLength()));
      if (uri.getHost() == null) {
        throw new MillraceException(
            "must be a URL ("
                + allowed
                + ") whose host a web client takes: letters, digits, '-' and '.'");
      }
      return uri;
    } catch (URISyntaxException e) {
      throw new MillraceException("must be a URL (" + allowed + "): " + e.getReason());
    }
  }

  /** The text between {@code //} and the end, undecoded. */
  private record Parts(
      Optional<String> userInfo, String hosts, String path, String query, int authorityLength) {

    static Parts of(String rest) {
      int end = first(rest, "/?#", 0);
      String authority = rest.substring(0, end);
      int at = authority.indexOf('@');
      int last = authority.lastIndexOf('@');
      if (at != last) {
        throw new MillraceException(
            "there is more than one '@' before the path: in a user or password it is written %40");
      }
      if (at < 0 && looksCut(authority, rest.substring(end))) {
        throw new MillraceException(CUT);
      }
      int question = rest.indexOf('?', end);
      int hash = first(rest, "#", end);
      boolean query = question >= 0 && question < hash;
      String path = rest.substring(end, query ? question : hash);
      return new Parts(
          at < 0 ? Optional.empty() : Optional.of(authority.substring(0, at)),
          authority.substring(at + 1),
          path.startsWith("/") ? path.substring(1) : path,
          query ? rest.substring(question + 1, hash) : "",
          end);
    }

    /**
     * Whether the authority reads like a user and half a password: {@code anna:pa} of {@code
     * pa/ss@h}.
     */
    private static boolean looksCut(String authority, String rest) {
      int colon = authority.lastIndexOf(':');
      return rest.indexOf('@') >= 0
          && colon >= 0
          && !authority.startsWith("[")
          && !authority.substring(colon + 1).matches("[0-9]{0,5}");
    }

    private static int first(String text, String any, int from) {
      for (int i = from; i < text.length(); i++) {
        if (any.indexOf(text.charAt(i)) >= 0) {
          return i;
        }
      }
      return text.length();
    }

    private @Nullable String half(boolean wantPassword) {
      if (userInfo.isEmpty()) {
        return null;
      }
      String info = userInfo.get();
      int colon = info.indexOf(':');
      if (wantPassword) {
        return colon < 0 ? null : info.substring(colon + 1);
      }
      return colon < 0 ? info : info.substring(0, colon);
    }

    Optional<String> user() {
      return Optional.ofNullable(half(false));
    }

    Optional<String> password() {
      return Optional.ofNullable(half(true));
    }
  }

  /** Without user, password and options, any of which may be or hold a secret. */
  @Override
  public String toString() {
    return scheme
        + "://"
        + String.join(",", hosts.stream().map(Host::toString).toList())
        + (path.isEmpty() ? "" : "/" + path);
  }
}
