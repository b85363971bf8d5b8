package dev.millrace.api.access;

import dev.millrace.MillraceException;
import dev.millrace.address.Address;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whose tokens are taken, OpenID Connect.
 *
 * @param issuer exactly as its tokens name it; its discovery document is below it
 * @param audience that a token must be for
 * @param roleClaim the claim with the caller's roles: its name, or its path with dots
 * @param roles what a value of the claim allows; of several the most
 */
public record OidcRules(
    String issuer, String audience, String roleClaim, Map<String, AccessRole> roles) {
  /** The names of the roles themselves. */
  public static final Map<String, AccessRole> SAME_NAMES =
      Arrays.stream(AccessRole.values())
          .collect(Collectors.toUnmodifiableMap(AccessRole::text, role -> role));

  private static final Pattern ROLE = Pattern.compile("\\s*(\\S.*?)\\s*=\\s*([a-z]+)\\s*");

  public OidcRules {
    roles = Map.copyOf(roles);
  }

  /**
   * An address that keys may be read from: nobody on the way can change what it answers.
   *
   * @throws MillraceException when it is not one
   */
  public static URI address(String text) {
    URI url = Address.web(text, Set.of("https", "http"));
    boolean local = Set.of("localhost", "127.0.0.1", "[::1]").contains(url.getHost());
    if (url.getScheme().equals("http") && !local) {
      throw new MillraceException("must be https:, or http: on this machine");
    }
    return url;
  }

  /**
   * Reads values of a claim and their roles, such as {@code ops=operator, millrace-admins=admin}.
   *
   * @throws IllegalArgumentException naming the first part that is none
   */
  public static Map<String, AccessRole> roles(String text) {
    Map<String, AccessRole> roles = new LinkedHashMap<>();
    for (String part : text.split(",", -1)) {
      Matcher matcher = ROLE.matcher(part);
      if (!matcher.matches() || !AccessRole.texts().contains(matcher.group(2))) {
        throw new IllegalArgumentException(
            "must be values of the claim with their roles, such as ops=operator,"
                + " millrace-admins=admin, where a role is "
                + String.join(", ", AccessRole.texts())
                + "; '"
                + part.strip()
                + "' is not");
      }
      roles.put(matcher.group(1), AccessRole.of(matcher.group(2)));
    }
    return roles;
  }
}
