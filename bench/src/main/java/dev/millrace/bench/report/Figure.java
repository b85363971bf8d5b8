package dev.millrace.bench.report;

import java.util.List;

/**
 * One thing measured of one system, once per run.
 *
 * @param what such as {@code drain_per_s}
 */
public record Figure(String system, String what, List<Double> values) {
  public Figure {
    if (values.isEmpty()) {
      throw new IllegalArgumentException(what + " of " + system + " has no value");
    }
    values = values.stream().sorted().toList();
  }

  /** The middle one, or the mean of the two in the middle. */
  public double median() {
    int half = values.size() / 2;
    return values.size() % 2 == 1
        ? values.get(half)
        : (values.get(half - 1) + values.get(half)) / 2;
  }

  public double least() {
    return values.get(0);
  }

  public double most() {
    return values.get(values.size() - 1);
  }
}
