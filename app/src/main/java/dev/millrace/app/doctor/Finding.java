package dev.millrace.app.doctor;

/**
 * Something that a person should know of an installation.
 *
 * @param code the same for the same kind of finding, such as {@code no_scheduler}
 * @param message what is so, in a sentence
 * @param advice what helps; empty: the message says it
 */
public record Finding(Severity severity, String code, String message, String advice) {

  /** How bad it is, the worst first. */
  public enum Severity {
    /** Something does not work. */
    FAIL,
    /** It works, and will not for long, or not as it should. */
    WARN,
    /** Somebody wanted it so. */
    NOTE
  }

  public static Finding fail(String code, String message, String advice) {
    return new Finding(Severity.FAIL, code, message, advice);
  }

  public static Finding warn(String code, String message, String advice) {
    return new Finding(Severity.WARN, code, message, advice);
  }

  public static Finding note(String code, String message, String advice) {
    return new Finding(Severity.NOTE, code, message, advice);
  }
}
