package dev.millrace.api.status;

import java.util.List;

/**
 * What a request for the status gets.
 *
 * @param behind {@link #BEHIND}: it may not show the change that the request named; with a colon
 *     and a part: that part may not
 */
record Shown(Snapshot snapshot, List<String> behind) {
  static final String BEHIND = "behind";

  Shown {
    behind = List.copyOf(behind);
  }
}
