package dev.millrace.status;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which changes a status shows.
 *
 * @param snapshot that it was read in
 * @param earlier those of the parts that were read before, by name
 */
public record Sight(TransactionSnapshot snapshot, Map<String, TransactionSnapshot> earlier) {
  public Sight {
    earlier = Map.copyOf(earlier);
  }

  /** Whether what was changed before is shown, apart from {@link #lacking}. */
  public boolean includes(TransactionSnapshot change) {
    return snapshot.includes(change);
  }

  /** The parts that may not show it, by name. */
  public List<String> lacking(TransactionSnapshot change) {
    return new TreeMap<>(earlier)
        .entrySet().stream()
            .filter(part -> !part.getValue().includes(change))
            .map(Map.Entry::getKey)
            .toList();
  }
}
