package dev.millrace.api.access;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What holds for all callers of a process.
 *
 * @param corsOrigins whose pages may call it from a browser, with a key
 * @param proxies whose {@code X-Forwarded-For} counts
 * @param readOnly whether every change is refused, except signing in and out
 * @param sessionIdle a session without a request for longer has ended
 * @param sessionLongest a session ends so long after it began, whatever it does
 * @param commandsPerMinute of one user or key from one address
 * @param oidc whose tokens are taken, if anyone's
 */
public record AccessRules(
    Set<String> corsOrigins,
    TrustedProxies proxies,
    boolean readOnly,
    Duration sessionIdle,
    Duration sessionLongest,
    int commandsPerMinute,
    Optional<OidcRules> oidc) {
  public static final AccessRules DEFAULT =
      new AccessRules(
          Set.of(),
          TrustedProxies.NONE,
          false,
          Duration.ofMinutes(30),
          Duration.ofHours(12),
          6_000,
          Optional.empty());

  public AccessRules {
    corsOrigins = Set.copyOf(corsOrigins);
  }

  /** The same, for pages of these origins too. */
  public AccessRules withCorsOrigins(Set<String> origins) {
    return new AccessRules(
        origins, proxies, readOnly, sessionIdle, sessionLongest, commandsPerMinute, oidc);
  }

  /** The same, with tokens of an issuer. */
  public AccessRules withOidc(OidcRules issuer) {
    return new AccessRules(
        corsOrigins,
        proxies,
        readOnly,
        sessionIdle,
        sessionLongest,
        commandsPerMinute,
        Optional.of(issuer));
  }
}
