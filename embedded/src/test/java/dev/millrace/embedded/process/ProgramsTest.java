package dev.millrace.embedded.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.UsedUp;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgramsTest {
  @Test
  void a_process_at_its_limit_of_open_files_names_it() throws Exception {
    Process child =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n 96; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                FullProcess.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(said)
        .contains("id could not be started: this process has as many files open as it may")
        .contains("ulimit -n");
  }

  @Test
  void an_absent_program_is_no_limit() {
    assertThat(Programs.output(List.of("millrace-no-such-program"))).isEmpty();
  }

  /** Opens all the files that it may, and then wants to run a program. */
  static final class FullProcess {
    private FullProcess() {}

    public static void main(String[] args) {
      // what is loaded later could not be read
      EmbeddedServiceException loaded = new EmbeddedServiceException("loaded", null);
      System.out.println(loaded.getMessage() + Programs.output(List.of("true")).isPresent());
      System.out.println(UsedUp.of(loaded).isPresent());
      List<InputStream> open = new ArrayList<>();
      try {
        while (true) {
          open.add(new FileInputStream("/dev/null"));
        }
      } catch (IOException full) {
        System.out.println(open.size());
      }
      try {
        System.out.println(Programs.output(List.of("id", "-u")));
      } catch (EmbeddedServiceException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
