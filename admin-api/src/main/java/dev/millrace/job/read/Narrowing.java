package dev.millrace.job.read;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What else a list of jobs may be narrowed by; an empty field does not narrow it.
 *
 * @param worker the id of a queue worker, or its name, which stays the same over restarts: the one
 *     that holds the job, or held it last
 * @param parent the id of the parent
 * @param key the unique key or the lock key
 * @param error a part of the error, in small or capital letters
 * @param payload a field of the payload
 * @param since created at or after
 * @param until created before
 */
public record Narrowing(
    Optional<String> worker,
    Optional<Long> parent,
    Optional<String> key,
    Optional<String> error,
    Optional<Field> payload,
    Optional<Instant> since,
    Optional<Instant> until) {
  /** Nothing else. */
  public static final Narrowing NONE =
      new Narrowing(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /**
   * A field of a payload.
   *
   * @param path names of fields and places in arrays, from the outside
   * @param value as Postgres writes it as text; empty: the field is there
   */
  public record Field(List<String> path, Optional<String> value) {
    public Field {
      path = List.copyOf(path);
      if (path.isEmpty()) {
        throw new IllegalArgumentException("the path of a field must have a name");
      }
    }

    /** Reads {@code customer.id} or {@code customer.id=17}. */
    public static Field parse(String text) {
      int equals = text.indexOf('=');
      return equals < 0
          ? new Field(List.of(text.split("\\.", -1)), Optional.empty())
          : new Field(
              List.of(text.substring(0, equals).split("\\.", -1)),
              Optional.of(text.substring(equals + 1)));
    }
  }
}
