package dev.millrace.mv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The wanted settings of a view, as the API and the file of views say it. Null: as it is, or the
 * default. Times are in seconds.
 *
 * @param view a materialized view, or a function without arguments that refreshes views
 * @param mode {@code concurrently}, {@code plain}, {@code auto} or {@code function}
 * @param maxLagSeconds 0: no target
 * @param statementTimeoutSeconds 0: the job's
 * @param viewGroup empty: none
 * @param covers the views that a function refreshes
 */
public record ViewRegistration(
    String view,
    @Nullable String mode,
    @Nullable Double debounceSeconds,
    @Nullable Double maxWaitSeconds,
    @Nullable Double minGapSeconds,
    @Nullable Double maxLagSeconds,
    @Nullable Double lockTimeoutSeconds,
    @Nullable Double statementTimeoutSeconds,
    @Nullable Double lockBudgetSeconds,
    @Nullable String viewGroup,
    @Nullable List<String> covers,
    @Nullable Boolean enabled) {
  /** The longest name. */
  public static final int LONGEST_NAME = 150;

  public ViewRegistration {
    if (view.isBlank() || view.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "view must be a name of 1 to " + LONGEST_NAME + " characters, was '" + view + "'");
    }
    covers = covers == null ? null : List.copyOf(covers);
  }

  /** A view with the defaults. */
  public static ViewRegistration of(String view) {
    return new ViewRegistration(
        view, null, null, null, null, null, null, null, null, null, null, null);
  }
}
