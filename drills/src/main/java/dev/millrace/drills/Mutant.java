package dev.millrace.drills;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
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
      String text = new String(read(file), StandardCharsets.UTF_8);
      int at = text.indexOf(guard);
      if (at < 0 || text.indexOf(guard, at + 1) >= 0) {
        throw new DrillException(file + " does not hold this once: " + guard);
      }
      String changed = text.replace(guard, without.replace("$0", guard));
      write(directory, file, changed.getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * A constant of a class of the product is changed, in its constant pool: a {@link Long} or a
   * {@link String}, which may also be the name of a field. The child processes find the changed
   * class first.
   *
   * @param file below {@code dev/millrace}, such as {@code sheet/CsvLines.class}
   * @param guard must stand in the class exactly once
   * @param without takes its place
   */
  record Constant(String file, Object guard, Object without) implements Mutant {

    /**
     * Writes the changed class below a directory that goes onto a class path.
     *
     * @throws DrillException when the class does not hold the guard any more
     */
    public void writeTo(Path directory) {
      // one byte a character: what is not text passes through unchanged
      String bytes = new String(read(file), StandardCharsets.ISO_8859_1);
      String entry = entry(guard);
      int at = bytes.indexOf(entry);
      if (at < 0 || bytes.indexOf(entry, at + 1) >= 0) {
        throw new DrillException(file + " does not hold this once: " + guard);
      }
      String changed = bytes.replace(entry, entry(without));
      write(directory, file, changed.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** As the class file format has it: a tag, then the number, or the length and the text. */
    private static String entry(Object constant) {
      ByteBuffer entry = ByteBuffer.allocate(1_000);
      if (constant instanceof Long number) {
        entry.put((byte) 5).putLong(number);
      } else {
        byte[] text = constant.toString().getBytes(StandardCharsets.US_ASCII);
        entry.put((byte) 1).putShort((short) text.length).put(text);
      }
      return new String(entry.array(), 0, entry.position(), StandardCharsets.ISO_8859_1);
    }
  }

  private static byte[] read(String file) {
    String resource = "dev/millrace/" + file;
    try (InputStream in = Mutant.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new DrillException("there is no " + resource);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new DrillException(resource + " could not be read", e);
    }
  }

  private static void write(Path directory, String file, byte[] bytes) {
    Path changed = directory.resolve("dev/millrace").resolve(file);
    try {
      Files.createDirectories(changed.getParent());
      Files.write(changed, bytes);
    } catch (IOException e) {
      throw new DrillException(changed + " could not be written", e);
    }
  }

  /** The schema, or the server, is changed before the drill begins. */
  record Schema(String sql) implements Mutant {}

  /** The child processes are told to do it the wrong way: an argument more. */
  record Argument(String name, String value) implements Mutant {}
}
