package dev.millrace.app.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A document and its fenced blocks, in order.
 *
 * @param name the path from the repository's root
 * @param prose the text without its fenced blocks
 */
record Page(String name, String prose, List<Block> blocks) {
  /** The repository's root, seen from the directory of a module. */
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern REASON = Pattern.compile("<!-- not run: (.{10,}) -->");
  private static final Pattern INLINE = Pattern.compile("`([^`]+)`");
  private static final Pattern SQL =
      Pattern.compile("(SELECT|INSERT|UPDATE|DELETE|GRANT|REVOKE)\\s.+");

  Page {
    blocks = List.copyOf(blocks);
  }

  /**
   * A fenced block.
   *
   * @param language as the fence names it, empty when it names none
   * @param line of the opening fence, from 1
   * @param notRun why the test cannot run it: the comment on the line before the fence
   */
  record Block(String language, String text, int line, Optional<String> notRun) {}

  /** README, CONTRIBUTING and all documents below {@code docs} and {@code examples}, by name. */
  static List<Page> all() {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
        Stream<Path> examples = Files.walk(ROOT.resolve("examples"))) {
      return Stream.concat(
              Stream.of("README.md", "CONTRIBUTING.md", "SECURITY.md").map(ROOT::resolve),
              Stream.concat(docs, examples))
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .map(Page::read)
          .toList();
    } catch (IOException e) {
      throw new AssertionError("the documents cannot be listed", e);
    }
  }

  static Page read(Path file) {
    try {
      return of(ROOT.relativize(file).toString(), Files.readAllLines(file));
    } catch (IOException e) {
      throw new AssertionError(file + " cannot be read", e);
    }
  }

  static Page of(String name, List<String> lines) {
    List<Block> blocks = new ArrayList<>();
    StringBuilder prose = new StringBuilder();
    int i = 0;
    while (i < lines.size()) {
      String line = lines.get(i);
      if (!line.startsWith("```")) {
        prose.append(line).append('\n');
        i++;
        continue;
      }
      int end = i + 1;
      while (end < lines.size() && !lines.get(end).equals("```")) {
        end++;
      }
      if (end == lines.size()) {
        throw new AssertionError(name + ":" + (i + 1) + " opens a block that nothing closes");
      }
      Matcher reason = REASON.matcher(i == 0 ? "" : lines.get(i - 1));
      blocks.add(
          new Block(
              line.substring(3).strip(),
              String.join("\n", lines.subList(i + 1, end)),
              i + 1,
              reason.matches() ? Optional.of(reason.group(1)) : Optional.empty()));
      i = end + 1;
    }
    return new Page(name, prose.toString(), blocks);
  }

  /** The statements inside the text, those with an ellipsis left out. */
  List<String> inlineSql() {
    return INLINE
        .matcher(prose)
        .results()
        .map(code -> code.group(1).replaceAll("\\s+", " ").strip())
        .filter(code -> SQL.matcher(code).matches() && !code.contains("…"))
        .toList();
  }

  List<Block> blocks(String language) {
    return blocks.stream()
        .filter(block -> block.language().equals(language) && block.notRun().isEmpty())
        .toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
