package dev.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
  void two_first_starts_at_once_unpack_once_and_remove_what_a_third_left_half_unpacked()
      throws Exception {
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
    Path file = Files.createFile(dataDir.resolve("file"));

    try (var parent = Parent.start(dataDir, Map.of("XDG_CACHE_HOME", file.toString()))) {
      assertStartsAndDies(parent);
    }

    assertThat(dataDir.resolve("cache")).isDirectoryContaining("glob:**/postgres-*");
  }

  @Test
  void root_without_user_namespaces_hands_postgres_to_an_ordinary_account() throws Exception {
    assumeTrue(isRoot());
    Files.setPosixFilePermissions(dataDir, PosixFilePermissions.fromString("rwxr-xr-x"));

    for (int start = 1; start <= 2; start++) {
      try (var parent = Parent.start(dataDir, Map.of("PATH", pathWithoutUnshare()))) {
        List<ProcessHandle> services = assertStartsAndDies(parent);
        assertThat(services).hasSize(2);
      }
      assertThat(Files.getOwner(dataDir.resolve("postgres")).getName()).isNotEqualTo("root");
    }
  }

  @Test
  void root_is_told_if_no_ordinary_account_can_reach_the_data_directory() throws Exception {
    assumeTrue(isRoot());
    Files.setPosixFilePermissions(dataDir, PosixFilePermissions.fromString("rwx------"));

    try (var parent = Parent.start(dataDir, Map.of("PATH", pathWithoutUnshare()))) {
      assertThat(parent.says())
          .startsWith("Postgres does not run as root")
          .contains(dataDir.toString());
    }
  }

  private static List<ProcessHandle> assertStartsAndDies(Parent parent) throws Exception {
    List<ProcessHandle> services = parent.services();
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

  private String pathWithoutUnshare() throws Exception {
    Path folder = Files.createDirectories(dataDir.resolve("path"));
    for (String program : List.of("sh", "setsid", "setpriv", "id", "sleep")) {
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
