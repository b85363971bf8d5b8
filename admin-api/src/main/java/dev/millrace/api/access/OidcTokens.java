package dev.millrace.api.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Callers with a token of an OpenID Connect issuer: a JWT that one of its keys has signed, for our
 * audience, with a role. Thread-safe.
 */
final class OidcTokens {
  /** How far the issuer's clock may be from ours. */
  static final Duration SKEW = Duration.ofSeconds(30);

  /** Asymmetric ones only: with none or an HMAC whoever knows a public key could sign. */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  /** Three parts in Base64, the first of which begins as a JSON object does. */
  private static final Pattern TOKEN = Pattern.compile("ey[\\w-]+\\.[\\w-]+\\.[\\w-]*");

  private static final Pattern SUBJECT = Pattern.compile("[\\x21-\\x7e]+");

  /** Of a name in the audit. */
  private static final int LONGEST_NAME = 200;

  private final OidcRules rules;
  private final OidcKeys keys;
  private final Clock clock;

  OidcTokens(OidcRules rules, OidcKeys keys, Clock clock) {
    this.rules = rules;
    this.keys = keys;
    this.clock = clock;
  }

  /** Why a token was refused, in words of ours. */
  static final class RefusedTokenException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedTokenException(String reason) {
      super(reason, null, false, false);
    }

    String reason() {
      return Objects.requireNonNullElse(getMessage(), "");
    }
  }

  /** Whether a text has the form of a token, right or wrong. */
  static boolean isToken(String text) {
    return TOKEN.matcher(text).matches();
  }

  /**
   * The caller that a token names.
   *
   * @throws RefusedTokenException when it is not taken
   * @throws dev.millrace.api.problem.ProblemException 503 when the issuer's keys cannot be read
   */
  Principal find(String token) throws RefusedTokenException {
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      // before its key is looked for: a token of another issuer must not make us ask ours
      check(claims != null && rules.issuer().equals(claims.getIssuer()), "it is of another issuer");
      check(ALGORITHMS.contains(jwt.getHeader().getAlgorithm()), "its algorithm is not allowed");
      check(jwt.getHeader().getKeyID() != null, "it names no key");
      JWK key =
          keys.find(jwt.getHeader().getKeyID())
              .orElseThrow(() -> new RefusedTokenException("its issuer has no such key"));
      check(
          key.getAlgorithm() == null || key.getAlgorithm().equals(jwt.getHeader().getAlgorithm()),
          "its key is for another algorithm");
      check(jwt.verify(verifier(key)), "its signature is wrong");
      checkClaims(claims);
      return principal(claims);
    } catch (ParseException | JOSEException | IllegalArgumentException e) {
      throw new RefusedTokenException("it is malformed");
    }
  }

  private static void check(boolean right, String otherwise) throws RefusedTokenException {
    if (!right) {
      throw new RefusedTokenException(otherwise);
    }
  }

  private static JWSVerifier verifier(JWK key) throws JOSEException {
    return key instanceof RSAKey rsa ? new RSASSAVerifier(rsa) : new ECDSAVerifier((ECKey) key);
  }

  private void checkClaims(JWTClaimsSet claims) throws RefusedTokenException {
    Instant now = clock.instant();
    Date ends = claims.getExpirationTime();
    check(ends != null, "it does not expire");
    check(now.isBefore(ends.toInstant().plus(SKEW)), "it has expired");
    check(isPast(claims.getNotBeforeTime(), now), "it is not valid yet");
    check(isPast(claims.getIssueTime(), now), "it was issued in the future");
    check(claims.getAudience().contains(rules.audience()), "it is for another audience");
  }

  private static boolean isPast(@Nullable Date moment, Instant now) {
    return moment == null || !moment.toInstant().isAfter(now.plus(SKEW));
  }

  private Principal principal(JWTClaimsSet claims) throws RefusedTokenException {
    String subject = Objects.requireNonNullElse(claims.getSubject(), "");
    String name = "oidc:" + rules.issuer() + " " + subject;
    check(
        SUBJECT.matcher(subject).matches() && name.length() <= LONGEST_NAME,
        "its subject is missing, too long, or has characters other than visible ASCII");
    AccessRole role =
        values(claims).stream()
            .map(rules.roles()::get)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder())
            .orElseThrow(
                () ->
                    new RefusedTokenException(
                        "its claim " + rules.roleClaim() + " has no value that stands for a role"));
    return new Principal(
        Principal.Type.OIDC,
        name,
        role,
        role.permissions(),
        Principal.Enqueues.ANY,
        Optional.empty());
  }

  /** The texts of the role claim: it is one, or a list of them. */
  private List<String> values(JWTClaimsSet claims) {
    Object value = claims.getClaim(rules.roleClaim());
    if (value == null) {
      value = claims.getClaims();
      for (String part : rules.roleClaim().split("\\.", -1)) {
        value = value instanceof Map<?, ?> map ? map.get(part) : null;
      }
    }
    if (value instanceof String text) {
      return List.of(text);
    }
    return value instanceof Collection<?> many
        ? many.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }
}
