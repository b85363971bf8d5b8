package dev.millrace.app.config;

import dev.millrace.app.config.Settings.Given;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Settings that are secrets or may contain one. Each of them can lie in a file, such as a secret of
 * a container: {@code REDIS_URL_FILE=/run/secrets/redis} stands for {@code REDIS_URL} with what the
 * file contains.
 */
final class SecretFiles {
  /** The secrets, by the names of their variables. */
  static final Set<String> SECRETS =
      Set.of(
          "DATABASE_URL",
          "REDIS_URL",
          "MILLRACE_ADMIN_KEY",
          "INTERNAL_API_KEY",
          "ALERT_WEBHOOK_URL",
          "ALERT_WEBHOOK_SECRET");

  private static final String SUFFIX = "_FILE";
  private static final long MOST_BYTES = 64 * 1024;

  private SecretFiles() {}

  /** The variable that names the file of a secret. */
  static String variable(String secret) {
    return secret + SUFFIX;
  }

  /**
   * What the file of a secret contains, without white space around it; empty: no file is named. A
   * file that cannot be used is a problem of the setting, which whoever needs the setting reports.
   */
  static Optional<Given> find(String secret, Map<String, String> environment) {
    String variable = variable(secret);
    String path = environment.getOrDefault(variable, "").strip();
    if (path.isEmpty()) {
      return Optional.empty();
    }
    if (!environment.getOrDefault(secret, "").isBlank()) {
      return Optional.of(
          Given.wrong(variable, "must not be set beside " + secret + ": leave one of them out"));
    }
    try {
      String text = content(LocalFile.readable(path));
      return Optional.of(
          text.isEmpty()
              ? Given.wrong(variable, shown(path) + "the file is empty")
              : new Given(variable, text));
    } catch (IllegalArgumentException e) {
      return Optional.of(Given.wrong(variable, shown(path) + e.getMessage()));
    }
  }

  private static String shown(String path) {
    return "'" + path + "': ";
  }

  private static String content(Path file) {
    try {
      long bytes = Files.size(file);
      if (bytes > MOST_BYTES) {
        throw new IllegalArgumentException(
            "must have at most %d bytes, has %d".formatted(MOST_BYTES, bytes));
      }
      return Files.readString(file).strip();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("must be a text file in UTF-8", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("must be a file that can be read: " + e, e);
    }
  }
}
