package dev.millrace.api.audit;

import org.jspecify.annotations.Nullable;

/**
 * What a command did.
 *
 * @param value what its route answers with
 * @param before what was changed, as JSON can write it; null: there was nothing
 * @param after what it became; null: nothing is left
 */
public record Effect<T>(T value, @Nullable Object before, @Nullable Object after) {
  /** Something new, or a step that leaves nothing to compare. */
  public static <T> Effect<T> of(T value, @Nullable Object after) {
    return new Effect<>(value, null, after);
  }
}
