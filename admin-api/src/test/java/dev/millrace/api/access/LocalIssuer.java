package dev.millrace.api.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An OpenID Connect issuer on this machine: it publishes its keys, and signs what it is given. */
public final class LocalIssuer implements AutoCloseable {
  private final HttpServer server;
  private final AtomicInteger reads = new AtomicInteger();
  private final Key shortKey = new Key("short", 1_024);
  private volatile Key key = new Key("one");
  private volatile String padding = "";

  public LocalIssuer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        "/.well-known/openid-configuration",
        exchange ->
            answer(
                exchange,
                "{\"issuer\": \"%s\", \"jwks_uri\": \"%s/keys\"}".formatted(address(), address())));
    server.createContext(
        "/keys",
        exchange -> {
          reads.incrementAndGet();
          List<JWK> published = List.of(key.key.toPublicJWK(), shortKey.key.toPublicJWK());
          answer(exchange, new JWKSet(published).toString() + padding);
        });
    server.start();
  }

  /** A key pair, and what it signs. */
  public static final class Key {
    private final RSAKey key;

    public Key(@Nullable String id) {
      this(id, 2_048);
    }

    private Key(@Nullable String id, int bits) {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        var pair = generator.generateKeyPair();
        key =
            new RSAKey.Builder((RSAPublicKey) pair.getPublic())
                .privateKey((RSAPrivateKey) pair.getPrivate())
                .keyID(id)
                .build();
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }

    public String sign(JWTClaimsSet claims) {
      try {
        SignedJWT jwt =
            new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
        jwt.sign(new RSASSASigner(key.toPrivateKey(), Set.of(AllowWeakRSAKey.getInstance())));
        return jwt.serialize();
      } catch (JOSEException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    try (exchange) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public String sign(JWTClaimsSet claims) {
    return key.sign(claims);
  }

  public String signWithShortKey(JWTClaimsSet claims) {
    return shortKey.sign(claims);
  }

  public RSAKey publicKey() {
    return key.key.toPublicJWK();
  }

  public String keyId() {
    return key.key.getKeyID();
  }

  /** From now on another key signs, and only it is published. */
  void rotate(String id) {
    key = new Key(id);
  }

  /** From now on its key set is larger than is read. */
  void grow() {
    padding = " ".repeat(300 * 1024);
  }

  /** How often its keys were read. */
  int reads() {
    return reads.get();
  }

  /** From now on nothing answers. */
  public void goAway() {
    server.stop(0);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
