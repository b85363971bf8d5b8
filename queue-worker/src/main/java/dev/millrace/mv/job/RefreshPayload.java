package dev.millrace.mv.job;

import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The payload of an {@code mv.refresh} job.
 *
 * @param views names of materialized views, at least one and at most 1000; a repeated name counts
 *     once
 */
record RefreshPayload(List<String> views) {
  private static final int MAX_VIEWS = 1_000;

  RefreshPayload(@Nullable List<@Nullable String> views) {
    if (views == null || views.isEmpty()) {
      throw new IllegalArgumentException("views must name at least one view");
    }
    if (views.size() > MAX_VIEWS) {
      throw new IllegalArgumentException(
          "views must name at most " + MAX_VIEWS + " views, named " + views.size());
    }
    LinkedHashSet<String> names = new LinkedHashSet<>();
    for (String name : views) {
      if (name == null || name.isBlank()) {
        throw new IllegalArgumentException("views must not contain an empty name");
      }
      names.add(name);
    }
    this.views = List.copyOf(names);
  }
}
