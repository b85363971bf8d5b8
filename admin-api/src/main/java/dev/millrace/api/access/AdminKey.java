package dev.millrace.api.access;

import dev.millrace.MillraceException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The key that opens the API. Stored as its SHA-256, so that no heap dump and no log has the key.
 */
public final class AdminKey {
  private static final int MIN_LENGTH = 16;

  private final byte[] digest;

  private AdminKey(byte[] digest) {
    this.digest = digest;
  }

  /**
   * Takes a key of at least 16 characters.
   *
   * @throws MillraceException when it is shorter; the message does not repeat it
   */
  public static AdminKey of(String key) {
    if (key.strip().length() < MIN_LENGTH) {
      throw new MillraceException(
          "the admin key needs at least "
              + MIN_LENGTH
              + " characters, had "
              + key.strip().length());
    }
    return new AdminKey(sha256(key.strip()));
  }

  /** Compares in a time that does not depend on where the two differ. */
  boolean matches(String candidate) {
    return MessageDigest.isEqual(digest, sha256(candidate));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "AdminKey[hidden]";
  }
}
