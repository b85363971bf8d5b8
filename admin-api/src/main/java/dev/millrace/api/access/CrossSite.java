package dev.millrace.api.access;

import dev.millrace.api.problem.Problem;
import io.javalin.http.Context;
import java.net.URI;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/**
 * Refuses changes that a page of another site has a browser send with its user's cookie. The cookie
 * is not sent across sites (SameSite=Strict); what is refused here is what would come from another
 * port or subdomain, or from a browser that does not know that rule.
 */
public final class CrossSite {
  /** The header that a change must have beside the cookie. */
  public static final String HEADER = "Millrace-CSRF";

  private CrossSite() {}

  /** The value of the header for a session: known only to who can read its cookie or an answer. */
  public static String token(String sessionToken) {
    return HexFormat.of().formatHex(Secrets.sha256("csrf\n" + sessionToken));
  }

  /** Empty: the page is of this site, and knows the session's token. */
  static Optional<Problem> refuse(Context ctx) {
    Optional<Problem> otherSite = refuseOtherSite(ctx);
    if (otherSite.isPresent()) {
      return otherSite;
    }
    String expected = SessionCookie.read(ctx).map(CrossSite::token).orElse("");
    String sent = Objects.requireNonNullElse(ctx.header(HEADER), "");
    return MessageDigest.isEqual(Secrets.sha256(expected), Secrets.sha256(sent))
        ? Optional.empty()
        : Optional.of(
            problem("the header " + HEADER + " must have the csrf value of GET /api/admin/me"));
  }

  /** By what the browser says of the page; a client that is no browser says nothing. */
  public static Optional<Problem> refuseOtherSite(Context ctx) {
    String site = ctx.header("Sec-Fetch-Site");
    String origin = ctx.header("Origin");
    boolean other =
        (site != null && !site.equals("same-origin") && !site.equals("none"))
            || (origin != null
                && !isOf(origin, Objects.requireNonNullElse(ctx.header("Host"), "")));
    return other
        ? Optional.of(problem("the request was sent by a page of another origin"))
        : Optional.empty();
  }

  /** Whether an origin has this host and port; a proxy may have changed the scheme. */
  private static boolean isOf(String origin, String host) {
    try {
      return host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Problem problem(String detail) {
    return Problem.of(403, "cross_site", "Forbidden", detail);
  }
}
