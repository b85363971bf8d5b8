package dev.millrace.bench.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts programs of the benchmark as servers run: not tuned for a short life. */
public final class JavaProgram {
  private JavaProgram() {}

  /**
   * Starts one.
   *
   * @param program the simple name of its class
   * @param work where it leaves its log
   */
  public static BenchProcess start(String program, Path work, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-cp", absolute(System.getProperty("java.class.path"))));
    command.add("dev.millrace.bench.program." + program);
    command.addAll(arguments);
    try {
      Path directory = Files.createDirectories(work.resolve("programs"));
      return BenchProcess.start(program, command, directory, directory.resolve(program + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The class path for a program that runs in another directory than we do. */
  public static String absolute(String classPath) {
    return String.join(
        File.pathSeparator,
        List.of(classPath.split(File.pathSeparator, -1)).stream()
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }
}
