package dev.millrace.app.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.demo.DemoData;
import dev.millrace.app.docs.Page.Block;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.testing.TestServices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents say works when it is copied, and what they refer to exists. */
class DocumentsTest {
  private static final Set<String> RUN = Set.of("sql", "sh", "java", "json");
  private static final Set<String> SHOWN = Set.of("text", "mermaid");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]*)(#[^)\\s]+)?\\)");
  private static final Pattern NOT_AT_HAND =
      Pattern.compile(
          "\\bI[1-8]\\b|[Rr]equirement \\d{3}|\\bthe issues?\\b|design\\.md|\\bissue \\d+");

  /** The database of the demo, which the readers of the pages get copies of. */
  private static final class Seeded {
    private static final DatabaseUrl URL = make();

    private static DatabaseUrl make() {
      DatabaseUrl url = TestServices.freshDatabase();
      try (Database database = Database.open(url, "documents", 2, Limits.LONG)) {
        DemoData.fill(database.jdbi());
      }
      return url;
    }
  }

  static List<Page> pages() {
    return Page.all();
  }

  static List<Page> pagesWithCode() {
    return pages().stream()
        .filter(
            page ->
                !page.inlineSql().isEmpty()
                    || RUN.stream().anyMatch(language -> !page.blocks(language).isEmpty()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pagesWithCode")
  void commands_of_a_page_work_when_copied(Page page, @TempDir Path directory) throws Exception {
    try (Reader reader = new Reader(page, Seeded.URL, directory)) {
      reader.follow();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void each_block_names_its_language(Page page) {
    assertThat(page.blocks())
        .allSatisfy(
            block ->
                assertThat(RUN.contains(block.language()) || SHOWN.contains(block.language()))
                    .as(
                        page
                            + ":"
                            + block.line()
                            + " is neither run nor shown: "
                            + block.language())
                    .isTrue());
  }

  @Test
  void the_blocks_that_run_are_counted(TestReporter reporter) {
    Map<String, Integer> ran = new TreeMap<>();
    List<String> left = new ArrayList<>();
    for (Page page : pages()) {
      for (Block block : page.blocks()) {
        if (RUN.contains(block.language()) && block.notRun().isEmpty()) {
          ran.merge(block.language(), 1, Integer::sum);
        }
        block.notRun().ifPresent(why -> left.add(page + ":" + block.line() + " " + why));
      }
      ran.merge("inline sql", page.inlineSql().size(), Integer::sum);
    }
    reporter.publishEntry(Map.of("run", ran.toString(), "not run", String.join("; ", left)));
    assertThat(ran).as("languages with a block that runs").containsKeys("sql", "sh", "java");
    assertThat(left).as("blocks that are not run").hasSizeLessThan(12);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void each_link_inside_the_repository_leads_somewhere(Page page) throws Exception {
    Path file = Page.ROOT.resolve(page.name());
    for (MatchResult link : LINK.matcher(page.prose()).results().toList()) {
      if (link.group(1).matches("[a-z]+:.*")) {
        continue;
      }
      Path target = link.group(1).isEmpty() ? file : file.resolveSibling(link.group(1)).normalize();
      assertThat(target).as(page + " links to " + link.group(1)).exists();
      if (link.group(2) != null && target.toString().endsWith(".md")) {
        assertThat(anchors(Page.read(target)))
            .as(page + " links to " + link.group())
            .contains(link.group(2).substring(1));
      }
    }
  }

  /** The headings as a forge links to them. */
  private static List<String> anchors(Page page) {
    return page.prose()
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(
            line ->
                line.replaceFirst("^#+ ", "")
                    .toLowerCase(java.util.Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                    .replace(' ', '-'))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void a_page_refers_to_nothing_that_its_reader_lacks(Page page) throws Exception {
    assertThat(
            NOT_AT_HAND
                .matcher(Files.readString(Page.ROOT.resolve(page.name())))
                .results()
                .map(MatchResult::group))
        .as("in " + page)
        .isEmpty();
  }
}
