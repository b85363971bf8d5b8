package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchTest {
  private final Path out = Path.of("target", "bench-report");

  @Test
  void a_quick_run_drains_every_job_and_writes_its_report() throws Exception {
    int exit =
        new CommandLine(new Bench())
            .execute(
                "--quick",
                "--runs",
                "1",
                "--only",
                "drain-2",
                "--only",
                "locks",
                "--only",
                "status",
                "--out",
                out.toString());

    assertThat(exit).isZero();
    assertThat(out.resolve("benchmarks.md"))
        .content()
        .contains("| millrace | drain_2_per_s |")
        .contains("| millrace lock keys | drain_steady_per_s |")
        .contains("| millrace | status_200_percent_of_static |")
        .contains("| millrace | status_stale_with_change | 0.000 |");
    assertThat(Files.size(out.resolve("benchmarks.json"))).isPositive();
  }

  @Test
  void a_measurement_that_does_not_exist_is_refused() {
    assertThat(new CommandLine(new Bench()).execute("--only", "speed")).isEqualTo(2);
  }
}
