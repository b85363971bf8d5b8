package dev.millrace.app.docs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A bash in which a reader types the blocks of a page one after the other: variables stay. Inside
 * it {@code curl} fails for any status but those that its comment has, without one 2xx and 304, and
 * {@code ./millrace} is the class path of the test.
 */
final class Shell implements AutoCloseable {
  private static final String END = "@@ end of the block";

  /** Reads the names of files and runs each of them, without giving it that list as input. */
  private static final String LOOP =
      """
      exec 3<&0 </dev/null 2>&1
      set -euo pipefail
      curl() {
        local body status
        body=$(mktemp -p .)
        status=$(command curl --silent --show-error --max-time 90 --output "$body" --write-out '%{http_code}' "$@")
        cat "$body"
        case ${documented:-any} in
          any) [[ $status == 2?? || $status == 304 ]] && return ;;
          *" $status "*) return ;;
        esac
        printf '\\n%s answered to: curl %s\\n' "$status" "$*" >&2
        return 22
      }
      while read -r block <&3; do
        source "$block"
        printf '\\n%s\\n' '@@ end of the block'
      done
      """;

  private final Path directory;
  private final Process bash;
  private final Writer in;
  private final BufferedReader out;

  Shell(Path directory, Map<String, String> environment) throws IOException {
    this.directory = directory;
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", LOOP).directory(directory.toFile());
    builder.environment().putAll(environment);
    this.bash = builder.start();
    this.in = bash.outputWriter(StandardCharsets.UTF_8);
    this.out = bash.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Runs a block to its end.
   *
   * @return what it printed
   * @throws AssertionError when one of its commands failed, with all that it printed
   */
  String run(String block) throws IOException {
    Path file = Files.createTempFile(directory, "block", ".sh");
    Files.writeString(file, DocumentedStatus.inEach(block) + "\n");
    in.write(file + "\n");
    in.flush();
    StringBuilder printed = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.equals(END)) {
        return printed.toString();
      }
      printed.append(line).append('\n');
    }
    throw new AssertionError("a command failed:\n" + block + "\nIt printed:\n" + printed);
  }

  @Override
  public void close() {
    bash.descendants().forEach(ProcessHandle::destroyForcibly);
    bash.destroyForcibly();
  }
}
