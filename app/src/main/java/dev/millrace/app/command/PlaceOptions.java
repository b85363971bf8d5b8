package dev.millrace.app.command;

import dev.millrace.app.config.Settings;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a serving process listens and keeps its data. */
final class PlaceOptions {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "where the API listens; 0: any free port (MILLRACE_PORT, else 8080)")
  private Optional<String> port = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "where data is kept (MILLRACE_DATA_DIR, else a directory in your home)")
  private Optional<String> data = Optional.empty();

  boolean dataGiven() {
    return data.isPresent();
  }

  Settings over(Settings settings) {
    return settings
        .withFlag("MILLRACE_PORT", "--port", port)
        .withFlag("MILLRACE_DATA_DIR", "--data", data);
  }
}
