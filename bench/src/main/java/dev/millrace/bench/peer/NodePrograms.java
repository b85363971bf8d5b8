package dev.millrace.bench.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The programs in JavaScript: their scripts lie in the resources, their packages and the Node.js
 * they run on are installed by npm into a directory of the benchmark.
 */
public final class NodePrograms {
  private static final List<String> FILES =
      List.of(
          "package.json", "package-lock.json", "program.mjs", "graphile-worker.mjs", "bullmq.mjs");

  private final Path directory;

  /**
   * Installs them; once per directory.
   *
   * @throws IllegalStateException when npm fails; its words are in {@code npm.log} there
   */
  public NodePrograms(Path directory) {
    this.directory = directory;
    try {
      Files.createDirectories(directory);
      for (String file : FILES) {
        copy(file);
      }
      if (!Files.isExecutable(node())) {
        install();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the peers in JavaScript could not be installed", e);
    }
  }

  /** The command that runs a script. */
  public List<String> command(String script) {
    return List.of(node().toString(), directory.resolve(script).toString());
  }

  private Path node() {
    return directory.resolve("node_modules").resolve(".bin").resolve("node");
  }

  private void copy(String file) throws IOException {
    try (InputStream in = NodePrograms.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(
            file + " is missing beside " + NodePrograms.class.getName());
      }
      Files.copy(in, directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void install() throws IOException {
    Path log = directory.resolve("npm.log");
    Process npm =
        new ProcessBuilder("npm", "install", "--no-audit", "--no-fund")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (npm.waitFor() != 0) {
        throw new IllegalStateException("npm failed; its words are in " + log);
      }
    } catch (InterruptedException e) {
      npm.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("npm was interrupted", e);
    }
  }
}
