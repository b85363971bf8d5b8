package dev.millrace.sheet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Says that a sheet cannot be read, and why. */
final class Failures {
  private Failures() {}

  static SheetException assertFails(SheetErrorType type, ThrowingCallable reading) {
    SheetException failure = catchThrowableOfType(SheetException.class, reading);
    assertThat(failure).as("must fail with %s", type).isNotNull();
    assertThat(failure.type()).as(failure.getMessage()).isEqualTo(type);
    return failure;
  }
}
