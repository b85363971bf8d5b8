package dev.millrace.api.access;

import dev.millrace.text.CodePoints;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attempts without the right key: how long the next answer to their address is delayed, and whether
 * the log has a line for them. It remembers 1,000 addresses for a minute after their last attempt,
 * and writes 20 lines a minute at most. A request with the right key is never looked up here.
 * Thread-safe.
 */
final class WrongKeys {
  private static final Logger log = LoggerFactory.getLogger(Access.class);

  /** Wrong keys of an address that are answered without delay: mistakes of an honest client. */
  static final int FREE = 5;

  static final Duration LONGEST = Duration.ofSeconds(2);
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration REMEMBERED = Duration.ofMinutes(1);
  private static final int MOST_ADDRESSES = 1_000;
  private static final int MOST_LINES = 20;
  private static final int MOST_SHOWN = 100;

  private final Map<String, Attempts> attempts = new LinkedHashMap<>(16, 0.75f, true);
  private long minute = Long.MIN_VALUE;
  private int lines;
  private long unlogged;

  private record Attempts(int count, long last, long logged) {}

  /** The facts of a request that may be logged: never its key. */
  record Request(String address, String method, String path, String key, String agent) {}

  /**
   * Records an attempt; logs it unless one was logged within the last minute.
   *
   * @param now of a steady clock, in nanoseconds
   * @return how long to delay its answer
   */
  Duration failed(Request request, long now) {
    Attempts all;
    long others;
    synchronized (this) {
      Attempts before = attempts.get(request.address());
      boolean known = before != null && now - before.last() < REMEMBERED.toNanos();
      boolean due = before == null || !known || now - before.logged() >= REMEMBERED.toNanos();
      boolean logs = due && mayLog(now);
      all =
          new Attempts(
              known && before != null ? before.count() + 1 : 1,
              now,
              logs || before == null ? now : before.logged());
      attempts.put(request.address(), all);
      if (attempts.size() > MOST_ADDRESSES) {
        attempts.remove(attempts.keySet().iterator().next());
      }
      others = logs ? unlogged : -1;
      unlogged = logs ? 0 : unlogged + 1;
    }
    if (others >= 0) {
      log(request, all.count(), others);
    }
    return delay(all.count());
  }

  private boolean mayLog(long now) {
    long current = now / REMEMBERED.toNanos();
    if (current != minute) {
      minute = current;
      lines = 0;
    }
    return lines++ < MOST_LINES;
  }

  private static void log(Request request, int count, long others) {
    log.atWarn()
        .addKeyValue("remote", request.address())
        .addKeyValue("attempts", count)
        .addKeyValue("unlogged_before", others)
        .addKeyValue("key", request.key())
        .addKeyValue("method", request.method())
        .addKeyValue("path", CodePoints.first(request.path(), MOST_SHOWN))
        .addKeyValue("agent", CodePoints.first(request.agent(), MOST_SHOWN))
        .log("request refused: it has no valid key");
  }

  /** Nothing at first, then 100 ms, doubled with each attempt up to two seconds. */
  private static Duration delay(int count) {
    if (count <= FREE) {
      return Duration.ZERO;
    }
    Duration delay = FIRST.multipliedBy(1L << Math.min(10, count - FREE - 1));
    return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
  }
}
