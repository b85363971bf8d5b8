package dev.millrace.api.access;

import io.javalin.http.Context;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The cookie of a session. It is {@code Secure} under a {@code __Host-} name, which no other host
 * and no page without TLS can set; only between a browser and an API on the same machine, which
 * need no TLS, it has a plain name. {@code SameSite=Strict} costs nothing: the page itself is
 * served without the cookie, and its own calls are of the same site wherever its user came from.
 */
public final class SessionCookie {
  private static final String SECURE = "__Host-millrace";
  private static final String PLAIN = "millrace";
  private static final Pattern LOCAL =
      Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?");
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43}");

  private SessionCookie() {}

  /** The token of a session, as the client sent it. */
  public static Optional<String> read(Context ctx) {
    return Optional.ofNullable(ctx.cookie(name(ctx)))
        .filter(token -> TOKEN.matcher(token).matches());
  }

  /** Gives a session to the client. */
  public static void write(Context ctx, String token) {
    set(ctx, token, "");
  }

  /** Takes it back. */
  public static void clear(Context ctx) {
    set(ctx, "", "; Max-Age=0");
  }

  private static void set(Context ctx, String token, String more) {
    String secure = isOnOneMachine(ctx) ? "" : "; Secure";
    ctx.header(
        "Set-Cookie",
        name(ctx) + "=" + token + "; Path=/; HttpOnly; SameSite=Strict" + secure + more);
  }

  private static String name(Context ctx) {
    return isOnOneMachine(ctx) ? PLAIN : SECURE;
  }

  /** Behind a proxy that ends TLS the client's host is another, or its address is forwarded. */
  private static boolean isOnOneMachine(Context ctx) {
    String host = Objects.requireNonNullElse(ctx.header("Host"), "");
    return ctx.scheme().equals("http")
        && ctx.header("X-Forwarded-For") == null
        && ctx.header("X-Forwarded-Proto") == null
        && ctx.header("Forwarded") == null
        && LOCAL.matcher(host).matches()
        && isLoopback(ctx.ip());
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress(); // of a connection: a literal
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
