package dev.millrace.embedded;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * Exhausted limits of this process and its machine, which appear as errors of unrelated operations.
 */
public final class UsedUp {
  private static final String FILES =
      "this process has as many files open as it may; raise ulimit -n to 1024";

  /** As in strerror's texts, and as in a failed start of a program. */
  private static final Map<String, String> LIMITS =
      Map.of(
          "Too many open files in system",
          "the machine has as many files open as it may; see fs.file-max",
          "Too many open files",
          FILES,
          "error=24,",
          FILES,
          "error=23,",
          "the machine has as many files open as it may; see fs.file-max",
          "error=11,",
          "this account runs as many processes as it may; raise ulimit -u",
          "error=12,",
          "the machine has no memory left for another process",
          "No space left on device",
          "the disk is full",
          "Disk quota exceeded",
          "this account has used up its share of the disk");

  private UsedUp() {}

  /**
   * The limit that a failure was about, with what to raise; empty when it was about none.
   *
   * @param failure with its causes
   */
  public static Optional<String> of(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      Optional<String> limit = of(String.valueOf(cause.getMessage()));
      if (limit.isPresent()) {
        return limit;
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  private static Optional<String> of(String message) {
    return LIMITS.entrySet().stream()
        .filter(limit -> message.contains(limit.getKey()))
        // the longer text is more exact
        .max(Map.Entry.comparingByKey(Comparator.comparingInt(String::length)))
        .map(Map.Entry::getValue);
  }
}
