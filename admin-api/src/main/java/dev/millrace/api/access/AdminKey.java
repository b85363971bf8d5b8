package dev.millrace.api.access;

import dev.millrace.MillraceException;
import java.security.MessageDigest;

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
    return new AdminKey(Secrets.sha256(key.strip()));
  }

  /** Compares in a time that does not depend on where the two differ. */
  boolean matches(String candidate) {
    return MessageDigest.isEqual(digest, Secrets.sha256(candidate));
  }

  @Override
  public String toString() {
    return "AdminKey[hidden]";
  }
}
