package dev.millrace.stats;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a stats job was asked for by: {@code triggeredBy}. */
public enum StatsTrigger {
  ADMIN("admin", 1, Flag.USE_BG_JOBS_ADMIN),
  CRON("cron", 1, Flag.USE_BG_JOBS_CRON),
  /** A match has ended, and its figures are wanted soon. */
  POST_MATCH("post-match", 2, Flag.USE_BG_JOBS_MATCH);

  private final String text;
  private final int priority;
  private final Flag flag;

  StatsTrigger(String text, int priority, Flag flag) {
    this.text = text;
    this.priority = priority;
    this.flag = flag;
  }

  public String text() {
    return text;
  }

  public int priority() {
    return priority;
  }

  /** The flag over this cause, beside the one over all. */
  public Flag flag() {
    return flag;
  }

  public static List<String> texts() {
    return Arrays.stream(values()).map(StatsTrigger::text).toList();
  }

  public static Optional<StatsTrigger> of(String text) {
    return Arrays.stream(values()).filter(cause -> cause.text.equals(text)).findFirst();
  }
}
