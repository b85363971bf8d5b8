package dev.millrace.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.health.Health;
import dev.millrace.json.Json;
import dev.millrace.metrics.Count;
import dev.millrace.metrics.Time;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The rules, the dashboard and the documentation name the metrics that there are, and no others.
 */
class MonitoringTest {
  private static final Path MONITORING = Path.of("..", "monitoring");
  private static final Path OPERATIONS = Path.of("..", "docs", "operations.md");
  private static final Pattern NAME = Pattern.compile("millrace_[a-z_]+[a-z]");

  private static Set<String> metrics() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    ProcessMeters.of("millrace worker", new Health()).forEach(binder -> binder.bindTo(registry));
    Stream<String> ofProcess =
        registry.getMeters().stream()
            .map(meter -> meter.getId().getName())
            .filter(name -> name.startsWith("millrace."));
    return Stream.of(
            ofProcess,
            InstallationMeters.names().stream(),
            Arrays.stream(Count.values()).map(count -> count.meter() + ".total"),
            Arrays.stream(Time.values()).map(time -> time.meter() + ".seconds"))
        .flatMap(names -> names)
        .map(name -> name.replace('.', '_'))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> named(String text) {
    Set<String> names = new TreeSet<>();
    Matcher name = NAME.matcher(text);
    while (name.find()) {
      names.add(name.group().replaceFirst("_seconds_(bucket|count|sum)$", "_seconds"));
    }
    return names;
  }

  private static String read(String file) throws IOException {
    return Files.readString(MONITORING.resolve(file));
  }

  @Test
  void the_rules_name_only_metrics_that_there_are() throws IOException {
    assertThat(metrics()).containsAll(named(read("alerts.yml")));
    assertThat(metrics()).containsAll(named(read("alerts.test.yml")));
  }

  @Test
  void the_dashboard_names_only_metrics_that_there_are() throws IOException {
    JsonNode dashboard = Json.tree(read("dashboard.json"));
    Set<String> names = new TreeSet<>();
    dashboard.findValuesAsText("expr").forEach(query -> names.addAll(named(query)));
    assertThat(names).hasSizeGreaterThan(10);
    assertThat(metrics()).containsAll(names);
  }

  @Test
  void every_alert_has_a_section_that_says_what_to_do() throws IOException {
    Set<String> alerts =
        Pattern.compile("- alert: (\\w+)")
            .matcher(read("alerts.yml"))
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> sections =
        Pattern.compile("(?m)^### (\\w+)$")
            .matcher(read("README.md"))
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(alerts).isNotEmpty().isEqualTo(sections);
  }

  @Test
  void each_metric_is_documented() throws IOException {
    String whole = Files.readString(OPERATIONS);
    int begin = whole.indexOf("\n## Metrics\n");
    String section = whole.substring(begin, whole.indexOf("\n## ", begin + 1));
    assertThat(named(section)).isEqualTo(metrics());
  }
}
