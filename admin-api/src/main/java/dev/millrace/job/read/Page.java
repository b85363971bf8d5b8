package dev.millrace.job.read;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * A part of a list, newest first. A list reads a bounded number of rows for it, so it may hold
 * fewer than were asked for, or none, while the list goes on.
 *
 * @param next the list goes on with ids below this one; empty: this is its end
 */
public record Page<T>(List<T> entries, OptionalLong next) {
  public Page {
    entries = List.copyOf(entries);
  }

  /**
   * A page of what was found.
   *
   * @param found up to one more than the most
   * @param end the last row that was read, if there may be others behind it; asked for only when
   *     the page is not full
   */
  public static <T> Page<T> of(
      List<T> found, int most, ToLongFunction<T> id, Supplier<OptionalLong> end) {
    if (found.size() > most) {
      List<T> entries = found.subList(0, most);
      return new Page<>(entries, OptionalLong.of(id.applyAsLong(entries.get(most - 1))));
    }
    return new Page<>(found, end.get());
  }
}
