package dev.millrace.api.access;

import dev.millrace.db.Outage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Random secrets and their digests. */
public final class Secrets {
  private static final Logger log = LoggerFactory.getLogger(Secrets.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 32;
  private static final int ID_LENGTH = 12;
  private static final String ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

  private Secrets() {}

  /** 256 random bits as 43 characters. */
  public static String random() {
    byte[] random = new byte[BYTES];
    RANDOM.nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** Twelve random characters: an id, not a secret. */
  static String shortId() {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ID_CHARACTERS.charAt(RANDOM.nextInt(ID_CHARACTERS.length())));
    }
    return id.toString();
  }

  public static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /**
   * Writes when something was last used, unless Postgres cannot write now: nothing waits for it.
   */
  static void unlessReadOnly(Runnable write) {
    try {
      write.run();
    } catch (JdbiException e) {
      if (Outage.of(e).isEmpty()) {
        throw e;
      }
      log.debug("the time of the last use is not written", e);
    }
  }
}
