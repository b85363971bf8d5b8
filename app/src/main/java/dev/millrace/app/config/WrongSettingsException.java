package dev.millrace.app.config;

import dev.millrace.app.error.UserError;
import java.io.Serial;
import java.util.List;

/** Settings that are missing or wrong, all of them at once. */
public final class WrongSettingsException extends UserError {
  @Serial private static final long serialVersionUID = 1;

  WrongSettingsException(List<String> problems) {
    super(
        (problems.size() == 1 ? "a setting is" : problems.size() + " settings are")
            + " wrong, nothing was started:\n  "
            + String.join("\n  ", problems));
  }
}
