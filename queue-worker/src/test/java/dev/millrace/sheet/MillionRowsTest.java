package dev.millrace.sheet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.embedded.process.ChildProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The heap of a reader does not grow with its sheet. */
class MillionRowsTest {
  @ParameterizedTest
  @ValueSource(strings = {"sheet.csv", "sheet.xlsx"})
  void a_million_rows_are_read_in_32_megabytes_of_heap(String name, @TempDir Path directory)
      throws IOException, InterruptedException {
    Process reader =
        new ProcessBuilder(
                ChildProcess.jvm(
                    List.of("-Xmx32m", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + directory),
                    MillionRows.class,
                    List.of(directory.resolve(name).toString())))
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(reader.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(output.strip()).isEqualTo("1000000 items, 0 problems, 50000000.00");
    } finally {
      reader.destroyForcibly();
    }
  }
}
