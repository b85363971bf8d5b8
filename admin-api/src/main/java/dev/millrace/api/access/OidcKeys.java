package dev.millrace.api.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import dev.millrace.MillraceException;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.http.JsonGetter;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of an issuer, by their ids. They are read when the first token comes, again every
 * ten minutes, and at once when a token names a key that is not among them, though not more than
 * once in five seconds. While the issuer is away, keys that were read within the last hour go on.
 * Thread-safe.
 */
final class OidcKeys {
  static final Duration FRESH = Duration.ofMinutes(10);
  static final Duration KNOWN = Duration.ofHours(1);

  /** From one attempt to read them to the next, whatever came of it. */
  static final Duration PAUSE = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(OidcKeys.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MOST_BYTES = 256 * 1024;
  private static final int MOST_KEYS = 100;
  private static final int SHORTEST_RSA = 2_048;

  private final String issuer;
  private final LongSupplier clock;
  private final JsonGetter http = new JsonGetter(TIMEOUT, MOST_BYTES);
  private final ReentrantLock reading = new ReentrantLock();
  private volatile @Nullable Known known;
  private volatile @Nullable Attempt last;

  /**
   * Keys that were read.
   *
   * @param at when, by the clock
   */
  private record Known(Map<String, JWK> keys, long at) {}

  /**
   * An attempt to read them.
   *
   * @param failure null: it succeeded
   */
  private record Attempt(long at, @Nullable String failure) {}

  /**
   * Those of one issuer; nothing is read yet.
   *
   * @param clock in nanoseconds, steady
   */
  OidcKeys(String issuer, LongSupplier clock) {
    this.issuer = issuer;
    this.clock = clock;
  }

  /**
   * The key with an id; empty when the issuer has none.
   *
   * @throws ProblemException 503 when the issuer's keys cannot be read
   */
  Optional<JWK> find(String id) {
    Optional<JWK> key = within(id, FRESH);
    if (key.isPresent()) {
      return key;
    }
    Optional<JWK> older = within(id, KNOWN);
    if (older.isPresent()) {
      if (reading.tryLock()) { // others go on with the older ones meanwhile
        try {
          readUnlessJustTried();
        } finally {
          reading.unlock();
        }
        return within(id, KNOWN);
      }
      return older;
    }
    reading.lock();
    try {
      if (within(id, FRESH).isEmpty()) {
        readUnlessJustTried();
      }
    } finally {
      reading.unlock();
    }
    Optional<JWK> read = within(id, KNOWN);
    Attempt attempt = last;
    if (read.isEmpty() && attempt != null && attempt.failure() != null) {
      throw away();
    }
    return read;
  }

  private Optional<JWK> within(String id, Duration age) {
    Known now = known;
    return now == null || clock.getAsLong() - now.at() >= age.toNanos()
        ? Optional.empty()
        : Optional.ofNullable(now.keys().get(id));
  }

  private void readUnlessJustTried() {
    Attempt before = last;
    if (before != null && clock.getAsLong() - before.at() < PAUSE.toNanos()) {
      return;
    }
    try {
      known = new Known(read(), clock.getAsLong());
      last = new Attempt(clock.getAsLong(), null);
    } catch (MillraceException e) {
      last = new Attempt(clock.getAsLong(), String.valueOf(e.getMessage()));
      log.warn("the keys of the issuer {} cannot be read: {}", issuer, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw away();
    }
  }

  private ProblemException away() {
    return new ProblemException(
        Problem.of(
                503,
                "issuer_away",
                "Service Unavailable",
                "the keys of "
                    + issuer
                    + " cannot be read, so that its tokens cannot be checked; keys and sessions of Millrace go on")
            .withHeader("Retry-After", Long.toString(PAUSE.toSeconds())));
  }

  private Map<String, JWK> read() throws InterruptedException {
    JsonNode discovery =
        http.get(URI.create(issuer.replaceAll("/+$", "") + "/.well-known/openid-configuration"));
    if (!discovery.path("issuer").asText().equals(issuer)) {
      throw new MillraceException("its discovery document is of another issuer");
    }
    URI keys = OidcRules.address(discovery.path("jwks_uri").asText());
    try {
      return usable(JWKSet.parse(http.get(keys).toString()));
    } catch (ParseException e) {
      throw new MillraceException("its key set cannot be read: " + e.getMessage(), e);
    }
  }

  private static Map<String, JWK> usable(JWKSet set) {
    Map<String, JWK> keys = new HashMap<>();
    set.getKeys().stream()
        .filter(key -> key.getKeyID() != null && isForSignatures(key))
        .limit(MOST_KEYS)
        .forEach(key -> keys.put(key.getKeyID(), key.toPublicJWK()));
    if (keys.isEmpty()) {
      throw new MillraceException(
          "its key set has no RSA key of 2048 bits or more and no elliptic curve key for signatures, with a kid");
    }
    return keys;
  }

  private static boolean isForSignatures(JWK key) {
    boolean strong =
        key instanceof ECKey || (key instanceof RSAKey rsa && rsa.size() >= SHORTEST_RSA);
    return strong && (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE));
  }
}
