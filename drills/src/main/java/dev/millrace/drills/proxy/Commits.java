package dev.millrace.drills.proxy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Follows what a client sends, and knows when that commits something: a COMMIT, or a statement that
 * writes outside a transaction. For one connection; used by the thread that reads the client.
 */
final class Commits {
  private static final Pattern WRITES =
      Pattern.compile("(insert|update|delete|with)\\b.*", Pattern.DOTALL);

  private final Map<String, String> prepared = new HashMap<>();
  private final List<String> batch = new ArrayList<>();

  /**
   * Takes note of a message.
   *
   * @param idle whether Postgres was outside a transaction when it last answered
   * @return whether Postgres commits on this message
   */
  boolean commitsOn(Message message, boolean idle) {
    switch (message.type()) {
      case 'P' -> prepared.put(message.text(0), normal(message.text(1)));
      case 'B' -> batch.add(prepared.getOrDefault(message.text(1), ""));
      case 'Q' -> {
        batch.add(normal(message.text(0)));
        return endOfBatch(idle);
      }
      case 'S' -> {
        return endOfBatch(idle);
      }
      default -> {
        // says nothing of what is committed
      }
    }
    return false;
  }

  private boolean endOfBatch(boolean idle) {
    boolean commit = batch.contains("commit");
    boolean alone = idle && !batch.contains("begin");
    boolean writes = batch.stream().anyMatch(sql -> WRITES.matcher(sql).matches());
    batch.clear();
    return commit || (alone && writes);
  }

  private static String normal(String sql) {
    return sql.strip().toLowerCase(Locale.ROOT);
  }
}
