package dev.millrace.mv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table whose changes shall ask for a view.
 *
 * @param columns an update that leaves all of them as they are asks for nothing; null: every change
 *     asks
 * @param method {@code trigger} (also when null) or {@code counter}
 */
public record ViewWatch(String source, @Nullable List<String> columns, @Nullable String method) {
  public ViewWatch {
    if (source.isBlank()) {
      throw new IllegalArgumentException(
          "source must be the name of a table, was '" + source + "'");
    }
    columns = columns == null ? null : List.copyOf(columns);
    method = method == null ? "trigger" : method;
  }
}
