package dev.millrace.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.app.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvFileTest {
  private final Path directory;

  EnvFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Path write(String name, String text, String mode) throws IOException {
    Path file = Files.writeString(directory.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static Map<String, String> lines(String text) {
    return EnvLines.parse(Path.of("x.env"), text);
  }

  @Test
  void lines_have_comments_export_and_quotes() {
    assertThat(
            lines(
                """
                # Queue
                QUEUE_NAME=stats-update-queue   # the old name
                export WORKER_ID = worker-1

                INTERNAL_API_KEY='a#b "c" \\n'
                DATABASE_URL="postgresql://u:p#w@h/d?a=\\$b"
                EMPTY=
                HASH=a#b
                TWO="line 1
                line 2\\nline 3"
                EMPTY=last
                """))
        .isEqualTo(
            Map.of(
                "QUEUE_NAME", "stats-update-queue",
                "WORKER_ID", "worker-1",
                "INTERNAL_API_KEY", "a#b \"c\" \\n",
                "DATABASE_URL", "postgresql://u:p#w@h/d?a=$b",
                "EMPTY", "last",
                "HASH", "a#b",
                "TWO", "line 1\nline 2\nline 3"));
  }

  @Test
  void a_wrong_line_is_named_without_its_text() {
    assertThatThrownBy(() -> lines("A=1\n\nsecret-without-name\n"))
        .isInstanceOf(UserError.class)
        .hasMessage("x.env, line 3: expected NAME=value, export NAME=value or a comment after #");
    assertThatThrownBy(() -> lines("A='open\n\n"))
        .hasMessage("x.env, line 1: the value has no closing '");
    assertThatThrownBy(() -> lines("A=\"a\" b"))
        .hasMessage("x.env, line 1: there is text after the closing \"");
  }

  @Test
  void the_environment_wins_over_the_file_of_the_working_directory() throws IOException {
    write(".env", "QUEUE_NAME=of-the-file\nWORKER_ID=w1\n", "rw-------");
    EnvFile read = EnvFile.read(Map.of("QUEUE_NAME", "given"), Optional.empty(), directory);
    assertThat(read.variables()).isEqualTo(Map.of("QUEUE_NAME", "given", "WORKER_ID", "w1"));
    assertThat(read.warnings()).isEmpty();
    assertThat(
            EnvFile.read(Map.of("A", "1"), Optional.empty(), directory.resolve("no")).variables())
        .isEqualTo(Map.of("A", "1"));
  }

  @Test
  void a_file_with_secrets_that_others_can_read_is_warned_of() throws IOException {
    Path file = write(".env", "INTERNAL_API_KEY=k\nDATABASE_URL=d\n", "rw-r--r--");
    assertThat(EnvFile.read(Map.of(), Optional.empty(), directory).warnings())
        .containsExactly(
            file
                + " contains DATABASE_URL, INTERNAL_API_KEY and every account of this machine can"
                + " read it: chmod 600 "
                + file);
    write(".env", "QUEUE_NAME=q\n", "rw-r--r--");
    assertThat(EnvFile.read(Map.of(), Optional.empty(), directory).warnings()).isEmpty();
  }

  @Test
  void a_file_that_others_can_write_is_read_only_when_named() throws IOException {
    Path file = write(".env", "DATABASE_URL=theirs\n", "rw----rw-");
    EnvFile found = EnvFile.read(Map.of(), Optional.empty(), directory);
    assertThat(found.variables()).isEmpty();
    assertThat(found.warnings())
        .containsExactly(
            file
                + " is not read: it can be written by other accounts; name it with --env-file to use"
                + " it");
    assertThat(EnvFile.read(Map.of(), Optional.of(file), directory).variables())
        .containsKey("DATABASE_URL");
  }

  @Test
  void a_link_is_read_only_when_named() throws IOException {
    Path target = write("of-another", "DATABASE_URL=theirs\n", "rw-------");
    Path link = Files.createSymbolicLink(directory.resolve(".env"), target);
    EnvFile found = EnvFile.read(Map.of(), Optional.empty(), directory);
    assertThat(found.variables()).isEmpty();
    assertThat(found.warnings()).singleElement().asString().contains("is a symbolic link");
    assertThat(EnvFile.read(Map.of(), Optional.of(link), directory).variables())
        .containsKey("DATABASE_URL");
  }

  @Test
  void the_option_is_taken_out_of_the_arguments() {
    EnvFile.Arguments given = EnvFile.Arguments.of("up", "--env-file", "a.env", "--port", "1");
    assertThat(given.rest()).containsExactly("up", "--port", "1");
    assertThat(given.named()).contains(Path.of("a.env"));
    assertThat(EnvFile.Arguments.of("--env-file=b.env", "up").named()).contains(Path.of("b.env"));
    assertThatThrownBy(() -> EnvFile.Arguments.of("up", "--env-file"))
        .hasMessage("--env-file needs the path of a file");
    assertThatThrownBy(
            () -> EnvFile.read(Map.of(), Optional.of(directory.resolve("no.env")), directory))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no.env cannot be read");
  }
}
