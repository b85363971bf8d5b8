package dev.millrace.alert;

import java.net.URI;
import java.time.Duration;

/**
 * Where alerts go, and when.
 *
 * @param url {@code ALERT_WEBHOOK_URL}
 * @param secret {@code ALERT_WEBHOOK_SECRET}, which signs each message
 * @param inRow {@code ALERT_AFTER_FAILURES}: how many failures in a row fire an alert
 * @param fireAfter how long a queue must be unserved, or the scheduler absent, before it fires
 * @param resolveAfter how long a condition must be gone before it resolves, so that one which comes
 *     and goes is one alert
 */
public record AlertSettings(
    URI url, String secret, int inRow, Duration fireAfter, Duration resolveAfter) {
  public static final int DEFAULT_IN_ROW = 3;
  private static final Duration A_WHILE = Duration.ofMinutes(1);

  public AlertSettings {
    if (inRow < 1) {
      throw new IllegalArgumentException("inRow must be >= 1, was " + inRow);
    }
  }

  /** With the default times. */
  public static AlertSettings of(URI url, String secret, int inRow) {
    return new AlertSettings(url, secret, inRow, A_WHILE, A_WHILE);
  }

  /** The address may hold a token, the secret is one. */
  @Override
  public String toString() {
    return "AlertSettings[host=" + url.getHost() + ", inRow=" + inRow + "]";
  }
}
