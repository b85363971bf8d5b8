package dev.millrace.drills;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** How a guard is taken away. */
public sealed interface Mutant {

  /**
   * A statement of the product is changed: the child processes find the changed file before the
   * product's on their class path.
   *
   * @param file below {@code dev/millrace}, such as {@code queue/Claims/claim.sql}
   * @param guard must stand in the file exactly once
   * @param without takes its place; {@code $0} stands for the guard itself
   */
  record Statement(String file, String guard, String without) implements Mutant {

    /**
     * Writes the changed file below a directory that goes onto a class path.
     *
     * @throws DrillException when the file does not hold the guard any more: then the mutant must
     *     follow
     */
    public void writeTo(Path directory) {
      String resource = "dev/millrace/" + file;
      try (InputStream in = Mutant.class.getClassLoader().getResourceAsStream(resource)) {
        if (in == null) {
          throw new DrillException("there is no " + resource);
        }
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        int at = text.indexOf(guard);
        if (at < 0 || text.indexOf(guard, at + 1) >= 0) {
          throw new DrillException(resource + " does not hold this once: " + guard);
        }
        Path changed = directory.resolve(resource);
        Files.createDirectories(changed.getParent());
        Files.writeString(changed, text.replace(guard, without.replace("$0", guard)));
      } catch (IOException e) {
        throw new DrillException(resource + " could not be changed", e);
      }
    }
  }

  /** The schema, or the server, is changed before the drill begins. */
  record Schema(String sql) implements Mutant {}

  /** The child processes are told to do it the wrong way: an argument more. */
  record Argument(String name, String value) implements Mutant {}
}
