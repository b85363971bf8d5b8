package dev.millrace.app.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.app.Refusal;
import dev.millrace.app.config.Secret;
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
        .isInstanceOf(Refusal.class)
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
    assertThatThrownBy(file::readOrMake).isInstanceOf(Refusal.class).hasMessageContaining("empty");
  }
}
