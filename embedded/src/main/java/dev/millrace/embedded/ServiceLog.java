package dev.millrace.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads out of a log why a service did not start. */
final class ServiceLog {
  private ServiceLog() {}

  /** The last line that complains, else the last line; with the place of the log. */
  static String complaint(Path log) throws IOException {
    List<String> lines =
        Files.exists(log)
            ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .filter(l -> !l.isBlank())
                .toList()
            : List.of();
    return lines.isEmpty() ? "it said nothing" : "%s (%s)".formatted(telling(lines), log);
  }

  private static String telling(List<String> lines) {
    for (int i = lines.size() - 1; i >= 0; i--) {
      String line = lines.get(i);
      // Postgres names the wrong setting in the line before this one.
      boolean summary = line.contains("contains errors") && i > 0;
      if (summary) {
        return lines.get(i - 1).strip();
      }
      if (!line.contains("LOG:  ") && !line.contains("HINT:  ") && !line.contains("DETAIL:  ")) {
        return line.strip();
      }
    }
    return lines.get(lines.size() - 1).strip();
  }
}
