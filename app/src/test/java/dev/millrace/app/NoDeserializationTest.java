package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.embedded.process.ChildProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoDeserializationTest {
  private final Path directory;

  NoDeserializationTest(@TempDir Path directory) {
    this.directory = directory;
  }

  /** A process of its own, for the filter cannot be taken off again. */
  public static void main(String[] args) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new ArrayList<>(List.of("harmless")));
    }
    int code = Main.run(Map.of(), "--version");
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      System.out.println(code + " read " + in.readObject());
    } catch (InvalidClassException e) {
      System.out.println(code + " " + e.getMessage());
    }
  }

  @Test
  void nothing_is_read_from_its_serialized_form() throws Exception {
    Process process =
        new ProcessBuilder(ChildProcess.jvm(List.of(), NoDeserializationTest.class, List.of()))
            .redirectErrorStream(true)
            .directory(directory.toFile())
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said).contains("0 filter status: REJECTED");
  }
}
