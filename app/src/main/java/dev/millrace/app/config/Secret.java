package dev.millrace.app.config;

/**
 * A value that must not be shown.
 *
 * @param value never shown by {@link #toString}
 */
public record Secret(String value) {
  @Override
  public String toString() {
    return "***";
  }
}
