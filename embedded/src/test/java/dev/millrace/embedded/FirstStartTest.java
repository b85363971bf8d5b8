package dev.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.embedded.files.Permissions;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.process.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first start on a machine, of one kind and another. */
class FirstStartTest {
  private final Path dataDir;

  FirstStartTest(@TempDir Path dataDir) {
    this.dataDir = dataDir;
  }

  @Test
  void concurrent_first_starts_unpack_once_and_remove_partial_copies() throws Exception {
    // root's services run as an account that must be able to enter it
    Files.setPosixFilePermissions(dataDir, Permissions.PROGRAM);
    Path cache = dataDir.resolve("cache-home");
    Map<String, String> environment = Map.of("XDG_CACHE_HOME", cache.toString());
    String copy = nameOfCopy();
    Path half = Files.createDirectories(cache.resolve("millrace/" + copy + ".unfinished-1/bin"));
    Files.createFile(half.resolve("postgres"));

    try (var one = Parent.start(dataDir.resolve("one"), environment);
        var other = Parent.start(dataDir.resolve("other"), environment)) {
      assertStartsAndDies(one);
      assertStartsAndDies(other);
    }

    try (var entries = Files.list(cache.resolve("millrace"))) {
      assertThat(entries.filter(Files::isDirectory).map(entry -> entry.getFileName().toString()))
          .noneMatch(name -> name.contains("unfinished"))
          .filteredOn(name -> name.startsWith("postgres"))
          .containsExactly(copy);
    }
  }

  @Test
  void the_programs_go_to_the_data_directory_if_the_cache_cannot_be_written() throws Exception {
    assumeFalse(isRoot(), "root's programs go to the machine's cache");
    Path file = Files.createFile(dataDir.resolve("file"));

    try (var parent = Parent.start(dataDir, Map.of("XDG_CACHE_HOME", file.toString()))) {
      assertStartsAndDies(parent);
    }

    assertThat(dataDir.resolve("cache")).isDirectoryContaining("glob:**/postgres-*");
  }

  @Test
  void services_of_root_run_as_an_account_of_their_own() throws Exception {
    assumeTrue(isRoot(), "only root can become another account");

    for (int start = 1; start <= 2; start++) {
      try (var parent = Parent.start(dataDir)) {
        List<ProcessHandle> services = parent.services();
        for (ProcessHandle service : services) {
          Object uid = Files.getAttribute(Path.of("/proc/" + service.pid()), "unix:uid");
          assertThat(uid).isNotIn(0, 65_534);
          assertThat(Files.getAttribute(dataDir.resolve("postgres"), "unix:uid")).isEqualTo(uid);
          assertThat(Files.readString(Path.of("/proc/" + service.pid() + "/status")))
              .contains("NoNewPrivs:\t1", "CapEff:\t0000000000000000");
        }
        assertDies(parent, services);
      }
    }
  }

  @Test
  void root_without_setpriv_gets_an_error_with_the_remedy() throws Exception {
    assumeTrue(isRoot(), "only root is refused");

    try (var parent = Parent.start(dataDir, Map.of("PATH", pathWithoutSetpriv()))) {
      assertThat(parent.says())
          .startsWith("embedded services do not run as root")
          .contains("run Millrace as an ordinary user");
    }
  }

  private static List<ProcessHandle> assertStartsAndDies(Parent parent) throws Exception {
    return assertDies(parent, parent.services());
  }

  private static List<ProcessHandle> assertDies(Parent parent, List<ProcessHandle> services) {
    assertThat(services).allMatch(Parent::runs);
    parent.kill();
    await().atMost(Duration.ofSeconds(60)).until(() -> services.stream().noneMatch(Parent::runs));
    return services;
  }

  /** Its checksum is not for this test to compute: another data directory shows it. */
  private String nameOfCopy() throws Exception {
    EmbeddedPostgres.start(dataDir.resolve("scout")).close();
    String commandLine = Files.readString(dataDir.resolve("scout/postgres/postmaster.opts"));
    return Path.of(commandLine.substring(0, commandLine.indexOf(" ")))
        .resolve("../..")
        .normalize()
        .getFileName()
        .toString();
  }

  private String pathWithoutSetpriv() throws Exception {
    Path folder = Files.createDirectories(dataDir.resolve("path"));
    for (String program : List.of("sh", "setsid", "id", "sleep")) {
      Path real = Programs.find(program).orElseThrow();
      Path script = folder.resolve(program);
      Files.writeString(script, "#!/bin/sh\nexec %s \"$@\"\n".formatted(real));
      Files.setPosixFilePermissions(script, Permissions.PROGRAM);
    }
    return folder.toString();
  }

  private static boolean isRoot() throws Exception {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }
}
