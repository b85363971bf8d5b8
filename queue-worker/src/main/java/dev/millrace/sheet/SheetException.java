package dev.millrace.sheet;

import dev.millrace.MillraceException;
import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A sheet could not be read. Its message can be shown: of the URL it has the host at most. */
public final class SheetException extends MillraceException {
  @Serial private static final long serialVersionUID = 1;

  private final SheetErrorType type;
  private final transient @Nullable Asked asked;

  /**
   * The pause that a server asked for.
   *
   * @param server its host and port
   * @param time how long it wants no requests
   */
  public record Asked(String server, Duration time) {}

  public SheetException(SheetErrorType type, String message) {
    super(message);
    this.type = checked(type, message);
    this.asked = null;
  }

  public SheetException(SheetErrorType type, String message, Throwable cause) {
    super(message, cause);
    this.type = checked(type, message);
    this.asked = null;
  }

  /** A server that asks for a pause. */
  public SheetException(String message, Asked asked) {
    super(message);
    this.type = SheetErrorType.UNREACHABLE;
    this.asked = asked;
  }

  static SheetException notASheet(String message) {
    return new SheetException(SheetErrorType.NOT_A_SHEET, message);
  }

  static SheetException tooLarge(String message) {
    return new SheetException(SheetErrorType.TOO_LARGE, message);
  }

  /** The pause that the server asked for, if it did. */
  public Optional<Asked> asked() {
    return Optional.ofNullable(asked);
  }

  /**
   * Ends the reading of a sheet if the thread is interrupted, because its job was stopped. The
   * thread stays interrupted.
   *
   * @throws SheetException of type {@link SheetErrorType#UNREACHABLE} then
   */
  public static void ifInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new SheetException(SheetErrorType.UNREACHABLE, "the reading was interrupted");
    }
  }

  /** Never {@link SheetErrorType#SUCCESS}. */
  public SheetErrorType type() {
    return type;
  }

  private static SheetErrorType checked(SheetErrorType type, String message) {
    if (type == SheetErrorType.SUCCESS) {
      throw new IllegalArgumentException("an error cannot be SUCCESS: " + message);
    }
    return type;
  }
}
