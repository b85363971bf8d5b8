package dev.millrace.drills;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a drill saw: facts to read, and violations, of which a passed drill has none. */
public final class DrillReport {
  private static final int WIDTH = 44;
  private static final int SHOWN = 5;

  private final String title;
  private final Map<String, String> facts = new LinkedHashMap<>();
  private final Map<String, List<String>> violations = new LinkedHashMap<>();

  public DrillReport(String title) {
    this.title = title;
  }

  public void fact(String name, Object value) {
    facts.put(name, String.valueOf(value));
  }

  /** A number that must reach a goal, or the drill has proved nothing. */
  public void goal(String name, long value, long atLeast) {
    fact(name, value);
    if (value < atLeast) {
      violation("the drill proves too little", name + ": " + value + ", wanted " + atLeast);
    }
  }

  public void violation(String rule, String what) {
    violations.computeIfAbsent(rule, key -> new ArrayList<>()).add(what);
  }

  public boolean passed() {
    return violations.isEmpty();
  }

  /** How many violations of a rule there are. */
  public int count(String rule) {
    return violations.getOrDefault(rule, List.of()).size();
  }

  /** The rules that were broken. */
  public List<String> broken() {
    return List.copyOf(violations.keySet());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(title).append('\n');
    facts.forEach(
        (name, value) ->
            text.append(String.format(Locale.ROOT, "  %-" + WIDTH + "s %s%n", name, value)));
    violations.forEach(
        (rule, found) -> {
          text.append("  BROKEN ").append(rule).append(": ").append(found.size()).append('\n');
          found.stream().limit(SHOWN).forEach(one -> text.append("    ").append(one).append('\n'));
        });
    return text.append(passed() ? "PASSED" : "FAILED").append('\n').toString();
  }
}
