package dev.millrace.app.config;

import dev.millrace.api.access.AccessRole;
import dev.millrace.api.access.AccessRules;
import dev.millrace.api.access.OidcRules;
import dev.millrace.api.access.TrustedProxies;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads what holds for all callers of the API. */
final class ApiRules {
  private static final Pattern ORIGIN =
      Pattern.compile("https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\\[[0-9a-f:]+](:[0-9]{1,5})?");
  private static final int DAY_MINUTES = 1_440;
  private static final int YEAR_HOURS = 8_760;
  private static final int MOST_COMMANDS = 1_000_000;

  /** The shortest time that the database allows, in days; and the longest. */
  private static final int SHORTEST_AUDIT = 30;

  private static final int LONGEST_AUDIT = 36_500;
  private static final int AUDIT = 365;

  /** It is a part of its callers' names in the audit. */
  private static final int LONGEST_ISSUER = 120;

  private ApiRules() {}

  static AccessRules read(Reader reader) {
    AccessRules otherwise = AccessRules.DEFAULT;
    return new AccessRules(
        reader.read("MILLRACE_CORS_ORIGINS", ApiRules::origins).orElse(otherwise.corsOrigins()),
        reader.read("TRUSTED_PROXIES", TrustedProxies::parse).orElse(otherwise.proxies()),
        reader.flag("MILLRACE_READ_ONLY", otherwise.readOnly()),
        Duration.ofMinutes(
            reader.number(
                "MILLRACE_SESSION_IDLE_MINUTES",
                (int) otherwise.sessionIdle().toMinutes(),
                1,
                DAY_MINUTES)),
        Duration.ofHours(
            reader.number(
                "MILLRACE_SESSION_HOURS",
                (int) otherwise.sessionLongest().toHours(),
                1,
                YEAR_HOURS)),
        reader.number(
            "MILLRACE_COMMANDS_PER_MINUTE", otherwise.commandsPerMinute(), 1, MOST_COMMANDS),
        oidc(reader));
  }

  /** Whose tokens are taken; none without an issuer. */
  private static Optional<OidcRules> oidc(Reader reader) {
    Optional<String> issuer = reader.read("OIDC_ISSUER", ApiRules::issuer);
    Optional<String> audience = reader.read("OIDC_AUDIENCE", Config::printable);
    String claim = reader.read("OIDC_ROLE_CLAIM", Config::printable).orElse("roles");
    Map<String, AccessRole> roles =
        reader.read("OIDC_ROLES", OidcRules::roles).orElse(OidcRules.SAME_NAMES);
    if (issuer.isPresent()) {
      reader.require("OIDC_AUDIENCE", "a token of OIDC_ISSUER may be meant for another service");
    }
    return issuer.flatMap(of -> audience.map(meant -> new OidcRules(of, meant, claim, roles)));
  }

  /** As it was written: tokens have to name it so. */
  private static String issuer(String text) {
    URI address = OidcRules.address(text);
    if (text.length() > LONGEST_ISSUER
        || address.getRawQuery() != null
        || address.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "must have at most " + LONGEST_ISSUER + " characters and neither a query nor a fragment");
    }
    return text;
  }

  /** How long rows of the audit are kept. */
  static Duration audit(Reader reader) {
    return Duration.ofDays(
        reader.number("MILLRACE_AUDIT_DAYS", AUDIT, SHORTEST_AUDIT, LONGEST_AUDIT));
  }

  private static Set<String> origins(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .map(
            origin ->
                Config.matching(
                    origin,
                    ORIGIN,
                    "origins separated by commas, such as https://admin.example.org"))
        .collect(Collectors.toSet());
  }
}
