package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.app.error.UserError;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTextTest {
  private final Path directory;

  CommandLineTextTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private CommandLineText text(byte[]... parts) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
      bytes.write(0);
    }
    Path file = Files.write(directory.resolve("text"), bytes.toByteArray());
    return new CommandLineText(file, file);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void arguments_are_the_bytes_that_were_given() throws Exception {
    CommandLineText text = text(utf8("java"), utf8("-jar"), utf8("enqueue"), utf8("заказ"));
    assertThat(text.arguments("enqueue", "?????")).containsExactly("enqueue", "заказ");
    assertThat(text.arguments("enqueue", "\uFFFD\uFFFD")).containsExactly("enqueue", "заказ");
  }

  @Test
  void an_argument_that_is_not_utf8_is_refused() throws Exception {
    byte[] latin = "Zürich".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> text(utf8("enqueue"), latin).arguments("enqueue", "Z?rich"))
        .isInstanceOf(UserError.class)
        .hasMessage("argument 2 is not UTF-8; nothing was done");
  }

  @Test
  void a_variable_is_the_bytes_that_were_given() throws Exception {
    assertThat(text(utf8("A=1"), utf8("B=ключ=?")).environment(Map.of("A", "1", "B", "????=?")))
        .isEqualTo(Map.of("A", "1", "B", "ключ=?"));
  }

  @Test
  void in_the_posix_locale_a_key_is_named_as_it_was_given() throws Exception {
    Map<String, String> posix = Map.of("LC_ALL", "C", "WORKER_ID", "завод!");
    try (MillraceProcess child =
        MillraceProcess.start(directory, posix, "up", "--data", directory + "/data")) {
      assertThat(child.exitCode()).isEqualTo(2);
      assertThat(child.err()).contains("WORKER_ID = 'завод!'");
    }
    try (MillraceProcess child =
        MillraceProcess.start(directory, posix, "enqueue", "a.kind", "\"ключ?\"")) {
      assertThat(child.exitCode()).isEqualTo(2);
      assertThat(child.err()).contains("PAYLOAD must be a JSON object, was \"ключ?\"");
    }
  }
}
