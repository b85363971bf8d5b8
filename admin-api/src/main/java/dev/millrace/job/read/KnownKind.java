package dev.millrace.job.read;

import java.util.List;

/**
 * A kind that the queue workers of this installation have said they can run.
 *
 * @param fields what a payload may hold; empty: not known
 * @param maxAttempts what its jobs get unless they say otherwise
 * @param payloadBytes the largest payload it takes
 */
public record KnownKind(String name, List<Field> fields, int maxAttempts, int payloadBytes) {

  /** A field of a payload and its Java type, such as {@code String} or {@code long}. */
  public record Field(String name, String type) {}

  public KnownKind {
    fields = List.copyOf(fields);
  }
}
