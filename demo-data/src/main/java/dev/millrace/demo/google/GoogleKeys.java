package dev.millrace.demo.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The key pair of one service account: its key file, and the check of what is signed with it. */
final class GoogleKeys {
  static final String EMAIL = "millrace@demo-project.iam.gserviceaccount.com";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY_ID = "0123456789abcdef0123456789abcdef01234567";
  private static final String SCOPE = "https://www.googleapis.com/auth/spreadsheets.readonly";

  /** Google's client signs for this address, wherever it sends the assertion. */
  private static final String AUDIENCE = "https://oauth2.googleapis.com/token";

  private static final long LONGEST_SECONDS = 3_600;
  private static final long CLOCK_SECONDS = 300;

  private final KeyPair pair;

  GoogleKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2_048);
      pair = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has RSA", e);
    }
  }

  /** Writes the key file, for its owner only. */
  void write(Path file, URI token) throws IOException {
    String key =
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(pair.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n";
    String text =
        JSON.createObjectNode()
            .put("type", "service_account")
            .put("project_id", "demo-project")
            .put("private_key_id", KEY_ID)
            .put("private_key", key)
            .put("client_email", EMAIL)
            .put("client_id", "100000000000000000001")
            .put("token_uri", token.toString())
            .toPrettyString();
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  /** Why an assertion (RFC 7523) gets no token; empty: it gets one. */
  Optional<String> refuses(String assertion) {
    List<String> parts = List.of(assertion.split("\\.", -1));
    try {
      if (parts.size() != 3) {
        return Optional.of("not a JWT");
      }
      JsonNode header = JSON.readTree(decode(parts.get(0)));
      JsonNode claims = JSON.readTree(decode(parts.get(1)));
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(pair.getPublic());
      signature.update((parts.get(0) + "." + parts.get(1)).getBytes(StandardCharsets.US_ASCII));
      if (!header.path("alg").asText().equals("RS256")
          || !header.path("kid").asText().equals(KEY_ID)) {
        return Optional.of("Invalid JWT header");
      }
      if (!signature.verify(decode(parts.get(2)))) {
        return Optional.of("Invalid JWT Signature.");
      }
      return wrongClaim(claims);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      return Optional.of("Invalid JWT: " + e.getClass().getSimpleName());
    }
  }

  private static Optional<String> wrongClaim(JsonNode claims) {
    long now = Instant.now().getEpochSecond();
    long issued = claims.path("iat").asLong();
    long expires = claims.path("exp").asLong();
    if (!claims.path("iss").asText().equals(EMAIL)) {
      return Optional.of("Invalid grant: account not found");
    }
    if (!claims.path("aud").asText().equals(AUDIENCE)) {
      return Optional.of("Invalid JWT: wrong audience " + claims.path("aud").asText());
    }
    if (!List.of(claims.path("scope").asText().split(" ")).contains(SCOPE)) {
      return Optional.of("the scope is not " + SCOPE);
    }
    boolean inTime =
        Math.abs(now - issued) <= CLOCK_SECONDS
            && expires > now
            && expires - issued <= LONGEST_SECONDS;
    return inTime ? Optional.empty() : Optional.of("Invalid JWT: iat and exp are not in time");
  }

  private static byte[] decode(String part) {
    return Base64.getUrlDecoder().decode(part);
  }
}
