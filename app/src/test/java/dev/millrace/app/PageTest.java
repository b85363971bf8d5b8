package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The admin page in a real browser, on an installation of its own. Its tests are those of
 * admin-web/browser.
 */
class PageTest {
  private static final Path BUILD =
      Path.of("..", "admin-web", "build").toAbsolutePath().normalize();

  /** Ample on a machine that does other things as well; the tests take about a minute. */
  private static final long MOST_MINUTES = 12;

  @Test
  void the_page_does_in_a_browser_what_its_checklists_say(@TempDir Path directory)
      throws Exception {
    try (Installation installation = Installation.withSheets(directory)) {
      Process browser = start(installation);
      String output = new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(browser.waitFor(MOST_MINUTES, TimeUnit.MINUTES)).as(output).isTrue();
      assertThat(browser.exitValue()).as(output).isZero();
      assertThat(output).containsPattern("Tests .*[1-9][0-9]* passed").doesNotContain("skipped");
    }
  }

  private static Process start(Installation installation) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(BUILD.toString(), "browser");
    builder.environment().put("MILLRACE_URL", installation.address().toString());
    builder.environment().put("MILLRACE_ADMIN_KEY", installation.node().adminKey().value());
    builder.environment().put("NO_COLOR", "1");
    return builder.redirectErrorStream(true).start();
  }
}
