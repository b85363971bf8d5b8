package dev.millrace.app.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.app.config.Secret;
import dev.millrace.app.error.UserError;
import dev.millrace.embedded.EmbeddedServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirTest {
  private final Path directory;

  DataDirTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void a_missing_directory_is_made() {
    Path missing = directory.resolve("a b").resolve("c");
    assertThat(DataDir.open(missing).path()).isDirectory().isEmptyDirectory();
  }

  @Test
  void a_path_under_a_file_is_refused_in_one_sentence() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> DataDir.open(file.resolve("data")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file.resolve("data") + " cannot be written")
        .hasMessageContaining("--data")
        .hasMessageNotContaining("Exception");
  }

  @Test
  void the_admin_key_is_made_once_and_is_the_owners_alone() throws Exception {
    AdminKeyFile file = DataDir.open(directory).adminKey();
    assertThat(file.read()).isEmpty();
    Secret made = file.readOrMake();
    assertThat(Base64.getUrlDecoder().decode(made.value())).hasSize(32);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
        .isEqualTo("rw-------");
    assertThat(file.readOrMake()).isEqualTo(made);
    assertThat(directory).isDirectoryNotContaining("glob:**.admin-key*");
  }

  @Test
  void all_who_start_together_get_the_same_key() {
    AdminKeyFile file = DataDir.open(directory).adminKey();
    List<Secret> keys =
        IntStream.range(0, 32).parallel().mapToObj(i -> file.readOrMake()).distinct().toList();
    assertThat(keys).hasSize(1);
  }

  @Test
  void an_empty_key_file_is_refused() throws Exception {
    AdminKeyFile file = DataDir.open(directory).adminKey();
    Files.writeString(file.path(), "\n");
    Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(file::readOrMake)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("empty");
  }

  @Test
  void a_key_that_others_can_read_is_refused() throws Exception {
    AdminKeyFile file = DataDir.open(directory).adminKey();
    Files.writeString(file.path(), "0123456789abcdef0123456789abcdef\n");
    Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(file::readOrMake)
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("can be read by other accounts");
  }

  @Test
  void a_directory_that_another_account_prepared_is_refused() throws Exception {
    assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "only root can prepare a directory of another account");
    Path theirs = Files.createDirectory(directory.resolve("theirs"));
    Files.createDirectory(theirs.resolve("plugins"));
    Files.setAttribute(theirs, "unix:uid", 65_534);
    assertThatThrownBy(() -> DataDir.open(theirs))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("belongs to the account 65534");
    assertThatThrownBy(() -> DataDir.open(theirs.resolve("data")))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("belongs to the account 65534");
  }

  @Test
  void a_plugin_of_another_account_or_over_a_link_is_refused() throws Exception {
    Path plugins = Files.createDirectory(DataDir.open(directory).plugins());
    Path jar = Files.createFile(plugins.resolve("a.jar"));
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThatThrownBy(() -> DataDir.open(directory))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("can be written by other accounts");
    Files.delete(jar);
    Files.createSymbolicLink(jar, directory.resolve("elsewhere.jar"));
    assertThatThrownBy(() -> DataDir.open(directory))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("symbolic link");
  }
}
