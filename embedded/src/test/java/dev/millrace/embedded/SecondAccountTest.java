package dev.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.redis.EmbeddedRedis;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What another account of the host gets from running services: processes of the uid 65534, which
 * only root can start.
 */
class SecondAccountTest {
  private final Path parent;
  private final Path dataDir;

  SecondAccountTest(@TempDir Path parent) {
    this.parent = parent;
    this.dataDir = parent.resolve("data");
  }

  /** The services of one installation. */
  private record Services(EmbeddedPostgres postgres, EmbeddedRedis redis) implements AutoCloseable {
    @Override
    public void close() {
      redis.close();
      postgres.close();
    }
  }

  private Services start() throws Exception {
    assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid")).isEqualTo(0);
    // so that it is the data directory that keeps others out, not the place it lies in
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(asOther("id -u; test -e " + parent + " && echo seen")).isEqualTo("65534\nseen");
    return new Services(EmbeddedPostgres.start(dataDir), EmbeddedRedis.start(dataDir));
  }

  @Test
  void nothing_in_the_data_directory_is_read_or_written() throws Exception {
    try (Services services = start()) {
      assertThat(services.redis().isAlive()).isTrue();
      for (Path file : files()) {
        assertThat(asOther("cat '" + file + "' >/dev/null && echo read; ls '" + file + "'"))
            .as("%s is read", file)
            .isEmpty();
        assertThat(asOther("echo x >> '" + file + "' && echo written"))
            .as("%s is written", file)
            .isEmpty();
      }
      assertThat(asOther("mkdir " + dataDir + "/plugins && echo made")).isEmpty();
      assertThat(asOther("mv " + dataDir + " " + parent + "/moved && echo moved")).isEmpty();
    }
  }

  @Test
  void no_password_is_readable_by_other_accounts() throws Exception {
    try (Services services = start()) {
      assertThat(services.redis().isAlive()).isTrue();
      String shown = asOther("cat /proc/[0-9]*/cmdline | tr '\\0' ' '");
      assertThat(shown).contains(dataDir.toString());
      for (String secret : List.of("postgres", "postgres-admin", "redis", "redis-admin")) {
        String password = Files.readString(dataDir.resolve("secrets").resolve(secret)).strip();
        assertThat(password).hasSizeGreaterThan(15);
        assertThat(shown.contains(password)).as("%s in a command line", secret).isFalse();
      }
    }
  }

  @Test
  void redis_answers_nothing_but_that_it_wants_a_password() throws Exception {
    try (Services services = start()) {
      for (String command :
          List.of(
              "GET a",
              "CONFIG SET dir /tmp",
              "SAVE",
              "REPLICAOF 127.0.0.1 1",
              "EVAL return(1) 0")) {
        assertThat(
                asOther(
                    "exec 3<>/dev/tcp/127.0.0.1/"
                        + services.redis().port()
                        + "; printf '"
                        + command
                        + "\\r\\n' >&3; timeout 20 head -n 1 <&3"))
            .as(command)
            .startsWith("-NOAUTH");
      }
    }
  }

  @Test
  void postgres_asks_every_account_for_its_password() throws Exception {
    try (Services services = start()) {
      for (String role : List.of("millrace", "millrace_admin")) {
        // the first packet of the protocol: length, version 3.0, the role; answered by R and the
        // kind of password
        String name = "user\\0" + role + "\\0database\\0millrace\\0\\0";
        int length =
            8 + "user".length() + role.length() + "database".length() + "millrace".length() + 5;
        assertThat(
                asOther(
                    "exec 3<>/dev/tcp/127.0.0.1/%d; printf '\\0\\0\\0\\x%02x\\0\\x03\\0\\0%s' >&3; timeout 20 head -c 23 <&3 | tr -d '\\0'"
                        .formatted(services.postgres().port(), length, name)))
            .as(role)
            .contains("SCRAM-SHA-256");
      }
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(dataDir, 2)) {
      List<Path> files = all.filter(Files::isRegularFile).toList();
      assertThat(files)
          .contains(dataDir.resolve("pgpass"), dataDir.resolve("secrets/redis"))
          .hasSizeGreaterThan(8);
      return files;
    }
  }

  /** What a shell of the other account prints to its standard output. */
  private String asOther(String script) throws Exception {
    Process process =
        new ProcessBuilder(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "--no-new-privs",
                "bash",
                "-c",
                script)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .directory(Path.of("/").toFile())
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(script).isTrue();
    return said.strip();
  }
}
