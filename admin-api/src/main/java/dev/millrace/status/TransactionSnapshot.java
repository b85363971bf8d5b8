package dev.millrace.status;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which transactions of Postgres something was read after: all with an id below {@code next},
 * except those that were running. As text it is {@code ENDED:NEXT:RUNNING,RUNNING}, by which
 * processes and clients tell each other what they have seen; of two of one database, the later one
 * has the higher {@code ended}.
 *
 * @param ended how many transactions had ended: {@code next} minus the number of those running
 * @param next the first id that was not given to a transaction yet, or not seen
 * @param running ids below {@code next} whose transactions are not seen
 */
public record TransactionSnapshot(long ended, long next, Set<Long> running)
    implements Comparable<TransactionSnapshot> {
  /** In the text; a reader takes the others as ended, and so asks for more than it has to. */
  static final int MOST_RUNNING = 50;

  private static final Pattern OF_POSTGRES = Pattern.compile("[0-9]+:([0-9]{1,18}):([0-9,]*)");
  private static final Pattern TEXT =
      Pattern.compile("([0-9]{1,18}):([0-9]{1,18}):((?:[0-9]{1,18}(?:,[0-9]{1,18}){0,49})?)");

  public TransactionSnapshot {
    running = Set.copyOf(running);
  }

  /**
   * Reads what {@code pg_current_snapshot()} says.
   *
   * @param text {@code xmin:xmax:xip,xip}
   */
  public static TransactionSnapshot ofPostgres(String text) {
    Matcher parts = OF_POSTGRES.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("a pg_snapshot was '" + text + "'");
    }
    long next = Long.parseLong(parts.group(1));
    Set<Long> running = ids(parts.group(2));
    return new TransactionSnapshot(next - running.size(), next, running);
  }

  /** Reads {@link #text}; empty when it is none. */
  public static Optional<TransactionSnapshot> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    long ended = Long.parseLong(parts.group(1));
    long next = Long.parseLong(parts.group(2));
    Set<Long> running = ids(parts.group(3));
    return ended > next || running.stream().anyMatch(id -> id >= next)
        ? Optional.empty()
        : Optional.of(new TransactionSnapshot(ended, next, running));
  }

  private static Set<Long> ids(String list) {
    return list.isEmpty()
        ? Set.of()
        : Arrays.stream(list.split(",", -1)).map(Long::valueOf).collect(Collectors.toSet());
  }

  /** One line without spaces, of at most 1,000 characters. */
  public String text() {
    return ended
        + ":"
        + next
        + ":"
        + new TreeSet<>(running)
            .stream().limit(MOST_RUNNING).map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Whether this sees all that the other sees. */
  public boolean includes(TransactionSnapshot other) {
    return other.next <= next && includes(running, other);
  }

  private static boolean includes(Collection<Long> unseen, TransactionSnapshot other) {
    return unseen.stream().allMatch(id -> id >= other.next || other.running.contains(id));
  }

  @Override
  public int compareTo(TransactionSnapshot other) {
    return Long.compare(ended, other.ended);
  }
}
