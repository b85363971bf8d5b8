package dev.millrace.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.embedded.process.ChildProcess;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a short command logs, in a process of its own. */
class QuietAtFirstTest {
  /** Logs at three levels, as a library would; with an argument it is no command of ours. */
  static final class Logs {
    private Logs() {}

    public static void main(String[] args) {
      if (args.length == 0) {
        Logging.quiet(Map.of());
      }
      LoggerFactory.getLogger(Logs.class).info("of no interest");
      LoggerFactory.getLogger(Logs.class).warn("a warning\u001b[31m");
    }
  }

  private record Ran(String out, String err) {}

  private static Ran run(String... args) throws Exception {
    Process process =
        new ProcessBuilder(ChildProcess.jvm(List.of(), Logs.class, List.of(args))).start();
    Ran ran =
        new Ran(
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8),
            new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    assertThat(process.waitFor()).as("%s", ran).isZero();
    return ran;
  }

  @Test
  void a_command_prints_warnings_alone_as_errors_and_visibly() throws Exception {
    Ran ran = run();
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("WARN", "a warning").doesNotContain("of no interest", "\u001b");
  }

  @Test
  void another_program_logs_as_it_did() throws Exception {
    assertThat(run("another").out()).as("by its own logback.xml").contains("a warning\u001b[31m");
  }
}
