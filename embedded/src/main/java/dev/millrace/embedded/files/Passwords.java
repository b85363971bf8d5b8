package dev.millrace.embedded.files;

import dev.millrace.embedded.EmbeddedServiceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The passwords of the embedded services: 256 random bits each, kept in files of mode 600. */
public final class Passwords {
  private static final int BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final int ITERATIONS = 4096;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path directory;

  private Passwords(Path directory) {
    this.directory = directory;
  }

  /** Those of a data directory. */
  public static Passwords in(Path dataDir) throws IOException {
    return new Passwords(TrustedPlace.privateDirectory(dataDir.resolve("secrets")));
  }

  /** The password of this name, made at the first call. The service's lock must be held. */
  public String readOrMake(String name) throws IOException {
    Path file = directory.resolve(name);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] random = new byte[BYTES];
      RANDOM.nextBytes(random);
      Path draft = directory.resolve(name + ".new");
      Files.deleteIfExists(draft);
      Files.createFile(draft, Permissions.privateFile());
      String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
      Files.writeString(draft, password + "\n", StandardOpenOption.WRITE);
      FileTrees.flush(draft);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      FileTrees.flush(directory);
    }
    TrustedPlace.checkSecret(file);
    String password = Files.readString(file).strip();
    if (!password.matches("[A-Za-z0-9_-]{32,}")) {
      throw new EmbeddedServiceException(
          file + " does not hold a generated password: delete it to have a new one made");
    }
    return password;
  }

  /** In hexadecimal digits. */
  public static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks SHA-256", e);
    }
  }

  /**
   * What Postgres stores instead of a password (RFC 5803), so that no statement and no log has the
   * password.
   */
  public static String scramVerifier(String password) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    try {
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, 256))
              .getEncoded();
      byte[] stored = MessageDigest.getInstance("SHA-256").digest(hmac(salted, "Client Key"));
      var base64 = Base64.getEncoder();
      return "SCRAM-SHA-256$%d:%s$%s:%s"
          .formatted(
              ITERATIONS,
              base64.encodeToString(salt),
              base64.encodeToString(stored),
              base64.encodeToString(hmac(salted, "Server Key")));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks PBKDF2 or HMAC with SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
  }
}
