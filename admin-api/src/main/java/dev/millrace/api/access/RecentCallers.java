package dev.millrace.api.access;

import dev.millrace.db.Outage;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.JdbiException;

/**
 * The callers of the last second, so that a page that reads often costs few statements. A change
 * always asks Postgres: a caller that was disabled, revoked or signed out by another process can
 * change nothing more, and reads for up to one more second. While Postgres is away, those of the
 * last five minutes can read on. Thread-safe.
 */
final class RecentCallers {
  private static final long NEW = Duration.ofSeconds(1).toNanos();
  private static final long KNOWN = Duration.ofMinutes(5).toNanos();
  private static final int MOST = 10_000;

  private final Function<String, Optional<Principal>> source;
  private final Map<String, Seen> seen = new LinkedHashMap<>(16, 0.75f, true);

  private record Seen(Principal caller, long at) {
    boolean within(long nanos, long now) {
      return now - at < nanos;
    }
  }

  RecentCallers(Function<String, Optional<Principal>> source) {
    this.source = source;
  }

  /** The caller that a secret belongs to. */
  Optional<Principal> find(String secret, boolean reads) {
    String key = HexFormat.of().formatHex(Secrets.sha256(secret));
    Optional<Seen> before = seen(key);
    if (reads && before.filter(last -> last.within(NEW, System.nanoTime())).isPresent()) {
      return before.map(Seen::caller);
    }
    try {
      Optional<Principal> found = source.apply(secret);
      remember(key, found);
      return found;
    } catch (JdbiException e) {
      boolean known = before.filter(last -> last.within(KNOWN, System.nanoTime())).isPresent();
      if (reads && known && Outage.of(e).isPresent()) {
        return before.map(Seen::caller);
      }
      throw e;
    }
  }

  /** Whether it belonged to a caller within the last five minutes. */
  boolean knows(String secret) {
    return seen(HexFormat.of().formatHex(Secrets.sha256(secret)))
        .filter(last -> last.within(KNOWN, System.nanoTime()))
        .isPresent();
  }

  private synchronized Optional<Seen> seen(String key) {
    return Optional.ofNullable(seen.get(key));
  }

  private synchronized void remember(String key, Optional<Principal> found) {
    if (found.isPresent()) {
      seen.put(key, new Seen(found.get(), System.nanoTime()));
    } else {
      seen.remove(key);
    }
    if (seen.size() > MOST) {
      seen.remove(seen.keySet().iterator().next());
    }
  }

  synchronized void forget() {
    seen.clear();
  }
}
