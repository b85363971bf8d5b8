package dev.millrace.metrics;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The meters of one name, by the values of their labels. A name has a bounded number of them: when
 * a label has had {@value #MOST_VALUES} values, each further one counts as {@value #OTHER}.
 *
 * @param <M> a kind of meter
 */
final class Labels<M> {
  /** Stands for the values beyond the first. */
  static final String OTHER = "other";

  static final int MOST_VALUES = 100;

  private final List<String> names;
  private final Function<Tags, M> make;
  private final List<Set<String>> seen = new ArrayList<>();
  private final Map<List<String>, M> meters = new ConcurrentHashMap<>();

  /**
   * @param names of the labels
   * @param make makes the meter of some values
   */
  Labels(List<String> names, Function<Tags, M> make) {
    this.names = names;
    this.make = make;
    names.forEach(name -> seen.add(new HashSet<>()));
  }

  /** The meter of these values, one for each label. */
  M of(String... values) {
    if (values.length != names.size()) {
      throw new IllegalArgumentException(
          "expected a value for each of " + names + ", got " + values.length);
    }
    List<String> key = List.of(values);
    M known = meters.get(key);
    return known == null ? add(key) : known;
  }

  private synchronized M add(List<String> values) {
    List<Tag> tags = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      String value = bounded(seen.get(i), values.get(i));
      kept.add(value);
      tags.add(Tag.of(names.get(i), value));
    }
    M meter =
        meters.computeIfAbsent(
            Collections.unmodifiableList(kept), any -> make.apply(Tags.of(tags)));
    return meter;
  }

  private static String bounded(Set<String> known, String value) {
    if (known.contains(value)) {
      return value;
    }
    if (known.size() >= MOST_VALUES) {
      return OTHER;
    }
    known.add(value);
    return value;
  }
}
