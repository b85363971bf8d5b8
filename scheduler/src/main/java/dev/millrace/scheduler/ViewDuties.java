package dev.millrace.scheduler;

import dev.millrace.mv.ConfiguredView;
import dev.millrace.mv.Views;
import java.util.List;

/**
 * What the leader does for materialized views.
 *
 * @param atOnce how many refreshes run at once over all queue workers, at least 1
 * @param configured views that are registered by configuration
 */
public record ViewDuties(int atOnce, List<ConfiguredView> configured) {
  /** The defaults. */
  public static final ViewDuties DEFAULT = new ViewDuties(Views.REFRESHES_AT_ONCE, List.of());

  public ViewDuties {
    if (atOnce < 1) {
      throw new IllegalArgumentException("atOnce must be >= 1, was " + atOnce);
    }
    configured = List.copyOf(configured);
  }
}
