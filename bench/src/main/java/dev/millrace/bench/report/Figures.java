package dev.millrace.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What has been measured so far, in the order it came. */
public final class Figures {
  private record Key(String system, String what) {}

  private final Map<Key, List<Double>> values = new LinkedHashMap<>();

  /** Adds what one run gave. */
  @SuppressWarnings("SystemOut") // someone is watching
  public void add(String system, String what, double value) {
    values.computeIfAbsent(new Key(system, what), key -> new ArrayList<>()).add(value);
    System.out.printf("%-22s %-34s %s%n", system, what, Numbers.text(value));
  }

  public List<Figure> all() {
    return values.entrySet().stream()
        .map(entry -> new Figure(entry.getKey().system(), entry.getKey().what(), entry.getValue()))
        .toList();
  }

  /** Empty when it was not measured. */
  public Optional<Figure> of(String system, String what) {
    return Optional.ofNullable(values.get(new Key(system, what)))
        .map(list -> new Figure(system, what, list));
  }

  /** The systems measured, in order. */
  public List<String> systems() {
    return values.keySet().stream().map(Key::system).distinct().toList();
  }
}
