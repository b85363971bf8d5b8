package dev.millrace.drills.child;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a child process is told on its command line, as {@code name=value}, and in its environment.
 *
 * @param values by name
 */
public record Arguments(Map<String, String> values) {
  private static final Set<String> SECRET = Set.of("database", "redis");
  private static final String VARIABLE = "MILLRACE_DRILL_";

  public Arguments {
    values = Map.copyOf(values);
  }

  static Arguments parse(String[] args) {
    Map<String, String> values = new TreeMap<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      values.put(arg.substring(0, equals), arg.substring(equals + 1));
    }
    for (String name : SECRET) {
      String value = System.getenv(VARIABLE + name);
      if (value != null) {
        values.put(name, value);
      }
    }
    return new Arguments(values);
  }

  /** These and one more. */
  public Arguments with(String name, String value) {
    Map<String, String> more = new TreeMap<>(values);
    more.put(name, value);
    return new Arguments(more);
  }

  /** Without addresses, which hold passwords: every account of the machine can read it. */
  public List<String> commandLine() {
    List<String> line = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          if (!SECRET.contains(name)) {
            line.add(name + "=" + value);
          }
        });
    return line;
  }

  /** The rest, as variables of the child's environment. */
  public Map<String, String> environment() {
    Map<String, String> variables = new TreeMap<>();
    for (String name : SECRET) {
      String value = values.get(name);
      if (value != null) {
        variables.put(VARIABLE + name, value);
      }
    }
    return variables;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("argument " + name + " is missing");
    }
    return value;
  }

  int number(String name) {
    return Integer.parseInt(text(name));
  }

  Duration millis(String name) {
    return Duration.ofMillis(number(name));
  }
}
