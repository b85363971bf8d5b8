package dev.millrace.api.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The files of the page, read once. There are none when the build found no Node.js.
 *
 * @param byName without a slash in front, such as {@code assets/index-1a2b.js.br}
 */
record PageFiles(Map<String, byte[]> byName) {
  /** Where the build puts them on the class path; its {@code files.txt} names all others. */
  private static final String FOLDER = "/dev/millrace/page/";

  PageFiles {
    byName = Map.copyOf(byName);
  }

  static PageFiles ofClassPath() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    read("files.txt").ifPresent(list -> readAll(list, files));
    return new PageFiles(files);
  }

  private static void readAll(byte[] list, Map<String, byte[]> files) {
    new String(list, StandardCharsets.UTF_8)
        .lines()
        .forEach(
            name ->
                files.put(
                    name,
                    read(name)
                        .orElseThrow(
                            () ->
                                new IllegalStateException(
                                    "the page's files.txt names " + name + ", which is missing"))));
  }

  private static Optional<byte[]> read(String name) {
    try (InputStream in = PageFiles.class.getResourceAsStream(FOLDER + name)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<byte[]> get(String name) {
    return Optional.ofNullable(byName.get(name));
  }
}
