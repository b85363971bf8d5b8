package dev.millrace.testing;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A Postgres of this machine: the one that tests run on comes without pg_dump. */
public final class InstalledPostgres {
  /** Where Debian keeps the programs of each release. */
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

  private InstalledPostgres() {}

  /** The folder of its programs; empty: none is installed. */
  public static Optional<Path> programs() {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(DEBIAN)) {
      try (DirectoryStream<Path> releases = Files.newDirectoryStream(DEBIAN)) {
        releases.forEach(release -> found.add(release.resolve("bin")));
      } catch (IOException e) {
        throw new IllegalStateException(DEBIAN + " cannot be listed", e);
      }
    }
    return found.stream()
        .filter(
            bin ->
                Stream.of("postgres", "initdb", "pg_dump", "psql")
                    .allMatch(program -> Files.isExecutable(bin.resolve(program))))
        .findFirst();
  }

  /**
   * Runs a program to its end.
   *
   * @return what it said
   * @throws IllegalStateException when it fails
   */
  public static List<String> run(Path bin, String program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(bin.resolve(program).toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> said = process.inputReader().lines().toList();
    int code = process.waitFor();
    if (code != 0) {
      throw new IllegalStateException(program + " ended with " + code + ": " + said);
    }
    return said;
  }
}
