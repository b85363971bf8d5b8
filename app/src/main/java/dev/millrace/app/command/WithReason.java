package dev.millrace.app.command;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Why a change is made. */
final class WithReason {
  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "why, for the audit: at most 500 printable ASCII characters")
  private Optional<String> text = Optional.empty();

  Optional<String> text() {
    return text;
  }
}
