package dev.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class ReportTest {
  private final Figures figures = new Figures();

  @Test
  void the_median_of_an_even_number_of_runs_is_the_mean_of_the_middle_two() {
    assertThat(new Figure("a", "b", List.of(4.0, 1.0, 9.0, 2.0)).median()).isEqualTo(3.0);
    assertThat(new Figure("a", "b", List.of(4.0, 1.0, 9.0)).median()).isEqualTo(4.0);
    assertThatThrownBy(() -> new Figure("a", "b", List.of())).hasMessageContaining("no value");
  }

  @Test
  void a_peer_stands_beside_millrace_with_how_many_times_better_millrace_is() {
    figures.add("millrace", "drain_per_s", 40_000);
    figures.add("peer", "drain_per_s", 10_000);
    figures.add("millrace", "pickup_p50_ms", 1);
    figures.add("peer", "pickup_p50_ms", 50);

    assertThat(report().markdown())
        .contains("| drain, jobs/s |40,000|10,000 (4.00×)|")
        .contains("| pick-up p50, ms |1.00|50.0 (50.0×)|")
        .contains("| millrace | drain_per_s | 40,000 | 40,000 – 40,000 | 1 |");
  }

  @Test
  void the_picture_has_a_bar_for_each_system() throws Exception {
    figures.add("millrace", "drain_per_s", 40_000);
    figures.add("peer", "drain_per_s", 10_000);

    var picture =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(
                new ByteArrayInputStream(new Plot(figures).svg().getBytes(StandardCharsets.UTF_8)));

    assertThat(picture.getElementsByTagName("rect").getLength()).isEqualTo(2);
    assertThat(picture.getElementsByTagName("circle").getLength()).isEqualTo(2);
  }

  private Report report() {
    return new Report(
        new Machine(Instant.EPOCH, 2, 24_000, "17", 0.5, "PostgreSQL 18"),
        1,
        Map.of("millrace", "as it is", "peer", "at its best"),
        figures);
  }
}
