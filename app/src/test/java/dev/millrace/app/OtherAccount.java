package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another account of the host: processes of the uid 65534, which only root can start. */
final class OtherAccount {
  static final int UID = 65_534;

  private OtherAccount() {}

  /** Leaves the tests of an ordinary user out. */
  static void assumeItCanBeHad() throws IOException {
    assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid")).isEqualTo(0);
  }

  /** What a shell of the other account prints to its standard output. */
  static String says(String script, String... args) throws IOException, InterruptedException {
    ProcessBuilder shell = new ProcessBuilder();
    shell
        .command()
        .addAll(
            List.of(
                "setpriv",
                "--reuid=" + UID,
                "--regid=" + UID,
                "--clear-groups",
                "--no-new-privs",
                "bash",
                "-c",
                script,
                "bash"));
    shell.command().addAll(List.of(args));
    Process process =
        shell
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .directory(Path.of("/").toFile())
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(script).isTrue();
    return said.strip();
  }
}
