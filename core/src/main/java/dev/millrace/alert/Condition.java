package dev.millrace.alert;

/**
 * Something that is wrong now.
 *
 * @param kind an {@link AlertKind} as text
 * @param subject which one of its kind: an id or a name
 * @param message a sentence for the reader of the alert
 */
public record Condition(String kind, String subject, String message) {
  public static Condition of(AlertKind kind, String subject, String message) {
    return new Condition(kind.text(), subject, message);
  }

  /** What makes two conditions the same. */
  Key key() {
    return new Key(kind, subject);
  }

  record Key(String kind, String subject) {}
}
