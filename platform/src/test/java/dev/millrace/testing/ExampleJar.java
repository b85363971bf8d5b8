package dev.millrace.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The example projects, built from their sources as their authors would. */
public final class ExampleJar {
  /** A recurring kind; the others are named like their directories. */
  public static final String LOG_CLEANUP = "log-cleanup";

  private ExampleJar() {}

  /** Where an example is, seen from the directory of a module. */
  public static Path project(String example) {
    return Path.of("..", "examples", example);
  }

  /** Compiles an example against this JVM's class path and packs it. */
  public static void build(String example, Path jar) throws IOException {
    Path main = project(example).resolve("src").resolve("main");
    Path classes = Files.createTempDirectory(jar.getParent(), "classes");
    List<String> options =
        List.of(
            "-proc:none", "-cp", System.getProperty("java.class.path"), "-d", classes.toString());
    List<String> sources =
        files(main.resolve("java"))
            .map(Path::toString)
            .filter(name -> name.endsWith(".java"))
            .toList();
    String[] arguments = Stream.concat(options.stream(), sources.stream()).toArray(String[]::new);
    if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments) != 0) {
      throw new IOException("the example " + example + " does not compile");
    }
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      add(out, classes);
      add(out, main.resolve("resources"));
    }
  }

  private static Stream<Path> files(Path root) throws IOException {
    try (Stream<Path> found = Files.walk(root)) {
      return found.filter(Files::isRegularFile).toList().stream();
    }
  }

  private static void add(JarOutputStream jar, Path root) throws IOException {
    for (Path file : files(root).toList()) {
      jar.putNextEntry(new JarEntry(root.toUri().relativize(file.toUri()).getPath()));
      Files.copy(file, jar);
      jar.closeEntry();
    }
  }
}
