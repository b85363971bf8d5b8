package dev.millrace.redis;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Redis that answers has refused: a right is missing, its memory is full, it takes no
 * writes. New is one that was not met for a while. Thread-safe.
 */
final class Refusals {
  private static final Duration CURRENT = Duration.ofSeconds(2);
  private static final Duration REMEMBERED = Duration.ofMinutes(1);
  private static final int MAX_REFUSALS = 20;

  /** Such as {@code NOPERM User x has no permissions to run the 'eval' command}. */
  private static final Pattern COMMAND = Pattern.compile("run the '([a-z|]+)' command");

  private record Refusal(String sentence, long at) {
    Duration age() {
      return Duration.ofNanos(System.nanoTime() - at);
    }
  }

  private final Map<String, Refusal> known = new ConcurrentHashMap<>();
  private volatile Refusal newest = new Refusal("", System.nanoTime() - REMEMBERED.toNanos());

  /** Notes one; answers with its sentence if that is worth a line in the log. */
  Optional<String> add(String message) {
    String sentence = sentence(message);
    Refusal refusal = new Refusal(sentence, System.nanoTime());
    newest = refusal;
    known.values().removeIf(old -> old.age().compareTo(REMEMBERED) > 0);
    return known.size() < MAX_REFUSALS && known.put(sentence, refusal) == null
        ? Optional.of(sentence)
        : Optional.empty();
  }

  /** The one that holds now. */
  Optional<String> newest() {
    Refusal last = newest;
    return last.age().compareTo(CURRENT) < 0 ? Optional.of(last.sentence()) : Optional.empty();
  }

  private static String sentence(String message) {
    String said = message.lines().findFirst().orElse("");
    if (!said.contains("NOPERM")) {
      return "Redis refuses a command: " + said;
    }
    Matcher command = COMMAND.matcher(said);
    String right =
        command.find()
            ? "+" + command.group(1) + " (all that are used: see docs/operations.md)"
            : said.contains("channel") ? "&*" : "~millrace:*";
    return "the user of REDIS_URL lacks the right " + right + ": " + said;
  }
}
