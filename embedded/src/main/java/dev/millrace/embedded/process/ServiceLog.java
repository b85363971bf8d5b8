package dev.millrace.embedded.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Reads out of a log why a service did not start. */
public final class ServiceLog {
  // As Postgres writes them, after the time and the process.
  private static final Pattern SEVERITY =
      Pattern.compile("^.*?(FATAL|PANIC|ERROR|LOG|DETAIL|HINT):  ");
  private static final Pattern COMMENT = Pattern.compile("^.*?(LOG|DETAIL|HINT):  ");

  private ServiceLog() {}

  /** The last line that complains, else the last line; with the place of the log. */
  public static String lastError(Path log) throws IOException {
    List<String> lines =
        Files.exists(log)
            ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList()
            : List.of();
    return lines.isEmpty() ? "its log is empty" : "%s (%s)".formatted(mostRelevant(lines), log);
  }

  private static String mostRelevant(List<String> lines) {
    for (int i = lines.size() - 1; i >= 0; i--) {
      String line = lines.get(i);
      if (line.contains("contains errors") && i > 0) {
        // Postgres names the wrong setting in the line before this one.
        return text(lines.get(i - 1));
      }
      if (!COMMENT.matcher(line).lookingAt()) {
        boolean detailed = i + 1 < lines.size() && lines.get(i + 1).contains("DETAIL:  ");
        return detailed ? text(line) + ": " + text(lines.get(i + 1)) : text(line);
      }
    }
    return text(lines.get(lines.size() - 1));
  }

  private static String text(String line) {
    return SEVERITY.matcher(line).replaceFirst("").strip();
  }
}
