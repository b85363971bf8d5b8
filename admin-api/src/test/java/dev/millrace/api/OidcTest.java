package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.api.access.AccessRole;
import dev.millrace.api.access.AccessRules;
import dev.millrace.api.access.LocalIssuer;
import dev.millrace.api.access.OidcRules;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Calls with tokens of an OpenID Connect issuer, which runs in this process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OidcTest {
  private static final String JOBS = "/api/admin/jobs";
  private static final String ME = "/api/admin/me";

  private final LocalIssuer issuer = new LocalIssuer();
  private final AccountsFixture accounts =
      new AccountsFixture(
          AccountsFixture.BEHIND_A_PROXY.withOidc(
              new OidcRules(
                  issuer.address(),
                  "millrace",
                  "realm.roles",
                  Map.of("ops", AccessRole.OPERATOR, "boss", AccessRole.ADMIN))));

  private int strangers;

  @AfterAll
  void close() {
    accounts.close();
    issuer.close();
  }

  private JWTClaimsSet.Builder claims(String subject, String... roles) {
    Date now = Date.from(Instant.now());
    return new JWTClaimsSet.Builder()
        .issuer(issuer.address())
        .audience("millrace")
        .subject(subject)
        .issueTime(now)
        .expirationTime(Date.from(Instant.now().plus(Duration.ofMinutes(5))))
        .claim("realm", Map.of("roles", List.of(roles)));
  }

  private String token(JWTClaimsSet.Builder claims) {
    return issuer.sign(claims.build());
  }

  /** From an address of its own, so that no answer is delayed for what others have tried. */
  private Answer get(String token, String path) {
    strangers++;
    return accounts.api.send(
        accounts.with(token, path).header("X-Forwarded-For", "198.51.100." + strangers % 250));
  }

  @Test
  void a_token_is_a_caller_with_its_role_and_the_audit_has_its_subject() {
    String token = token(claims("ada", "users", "ops"));

    assertThat(get(token, ME).json().path("type").asText()).isEqualTo("oidc");
    assertThat(get(token, ME).json().path("role").asText()).isEqualTo("operator");
    assertThat(get(token, ME).json().path("csrf").isNull()).isTrue();
    Answer made =
        accounts.api.send(
            AccountsFixture.post(accounts.with(token, JOBS), "{\"kind\": \"test.noop\"}"));
    assertThat(made.status()).isIn(202, 422);
    accounts.api.kindIsKnown("test.oidc", "[]");
    assertThat(
            accounts
                .api
                .send(AccountsFixture.post(accounts.with(token, JOBS), "{\"kind\": \"test.oidc\"}"))
                .status())
        .isEqualTo(202);
    assertThat(accounts.audit("?action=job.enqueue&limit=1").path(0).path("who").asText())
        .isEqualTo("oidc:" + issuer.address() + " ada");
    assertThat(accounts.audit("?action=job.enqueue&limit=1").path(0).path("who_type").asText())
        .isEqualTo("oidc");
    assertThat(get(token, "/api/admin/users").status()).isEqualTo(403);
    assertThat(get(token(claims("eve", "ops", "boss")), "/api/admin/users").status())
        .isEqualTo(200);
  }

  @Test
  void a_token_that_is_wrong_in_one_thing_is_refused() throws JOSEException {
    Date past = Date.from(Instant.now().minus(Duration.ofMinutes(2)));
    Date future = Date.from(Instant.now().plus(Duration.ofMinutes(2)));
    String right = token(claims("ada", "ops"));
    String[] parts = right.split("\\.", -1);
    String other = token(claims("ada", "boss"));
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("expired", token(claims("ada", "ops").expirationTime(past)));
    wrong.put("without an end", token(claims("ada", "ops").expirationTime(null)));
    wrong.put("not valid yet", token(claims("ada", "ops").notBeforeTime(future)));
    wrong.put("issued in the future", token(claims("ada", "ops").issueTime(future)));
    wrong.put("of another issuer", token(claims("ada", "ops").issuer(issuer.address() + "/")));
    wrong.put("for another audience", token(claims("ada", "ops").audience("millrace2")));
    wrong.put("without a role", token(claims("ada", "users")));
    wrong.put("of a role that is no text", token(claims("ada").claim("realm", 7)));
    wrong.put("without a subject", token(claims("ada", "ops").subject(null)));
    wrong.put("with a line in its subject", token(claims("ada\nroot", "ops")));
    wrong.put("with a long subject", token(claims("a".repeat(200), "ops")));
    wrong.put(
        "with claims of another", parts[0] + "." + other.split("\\.", -1)[1] + "." + parts[2]);
    wrong.put("without its signature", parts[0] + "." + parts[1] + ".");
    wrong.put("alg none", new PlainJWT(claims("ada", "boss").build()).serialize());
    wrong.put(
        "of another key", new LocalIssuer.Key(issuer.keyId()).sign(claims("ada", "ops").build()));
    wrong.put("of a key that is too short", issuer.signWithShortKey(claims("ada", "ops").build()));
    wrong.put("that names no key", new LocalIssuer.Key(null).sign(claims("ada", "ops").build()));
    wrong.put("signed with the public key as a secret", signedWithThePublicKey());
    wrong.forEach((what, token) -> assertThat(get(token, ME).status()).as(what).isEqualTo(401));
    assertThat(get(right, ME).status()).isEqualTo(200);
    String almost =
        token(claims("ada", "ops").expirationTime(Date.from(Instant.now().minusSeconds(5))));
    assertThat(get(almost, ME).status()).as("within the skew of clocks").isEqualTo(200);
  }

  private String signedWithThePublicKey() throws JOSEException {
    RSAKey key = issuer.publicKey();
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(key.getKeyID()).build(),
            claims("ada", "boss").build());
    jwt.sign(new MACSigner(key.toRSAPublicKey().getEncoded()));
    return jwt.serialize();
  }

  @Test
  void a_token_in_the_address_is_refused_and_sessions_are_as_before() {
    assertThat(get(token(claims("ada", "ops")), ME + "?token=x").json().path("code").asText())
        .isEqualTo("key_in_query");
    assertThat(accounts.signedIn("grace", "viewer").get(ME).json().path("type").asText())
        .isEqualTo("user");
  }

  @Test
  void tokens_are_503_while_keys_were_never_read_and_other_callers_go_on() {
    try (LocalIssuer away = new LocalIssuer();
        AccountsFixture others =
            new AccountsFixture(
                AccessRules.DEFAULT.withOidc(
                    new OidcRules(away.address(), "millrace", "roles", OidcRules.SAME_NAMES)))) {
      String token =
          away.sign(claims("ada").issuer(away.address()).claim("roles", "viewer").build());
      away.goAway();
      Answer answer = others.api.send(others.with(token, ME));
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.json().path("code").asText()).isEqualTo("issuer_away");
      assertThat(answer.header("Retry-After")).isEqualTo("5");
      assertThat(others.api.get(ME).status()).isEqualTo(200);
    }
  }
}
