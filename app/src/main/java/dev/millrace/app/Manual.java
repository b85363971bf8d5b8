package dev.millrace.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.IHelpFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * What the help of a command has beside its options: headings, exit codes and examples. Read when
 * help is asked for; other starts do without.
 */
final class Manual implements IHelpFactory {
  /** Of commands that call the API; the others have codes of their own. */
  private static final Map<String, String> EXIT_CODES =
      Map.of(
          "0", "done",
          "1", "the API refused it, or what was waited for failed",
          "2", "the command line is wrong, or the API does not answer");

  /**
   * An example.
   *
   * @param intent what it does; empty: the command line says it
   * @param line begins with {@code millrace}
   */
  record Example(String intent, String line) {
    boolean of(String command) {
      return line.equals(command) || line.startsWith(command + " ");
    }
  }

  @Override
  public Help create(CommandSpec spec, ColorScheme colours) {
    UsageMessageSpec usage = spec.usageMessage();
    usage.descriptionHeading("%n");
    usage.parameterListHeading("%nParameters:%n");
    usage.optionListHeading("%nOptions:%n");
    usage.commandListHeading("%nCommands:%n");
    usage.exitCodeListHeading("%nExit codes:%n");
    if (usage.exitCodeList().isEmpty()) {
      Map<String, String> ordered = new LinkedHashMap<>();
      EXIT_CODES.keySet().stream()
          .sorted()
          .forEach(code -> ordered.put(code, EXIT_CODES.get(code)));
      usage.exitCodeList(ordered);
    }
    List<Example> examples = examples(spec);
    if (usage.footer().length == 0 && !examples.isEmpty()) {
      usage.footerHeading("%nExamples:%n");
      usage.footer(lines(examples));
    }
    return new Help(spec, colours);
  }

  /** Those of a command itself; when it has none, those of the commands below it. */
  static List<Example> examples(CommandSpec spec) {
    String name = spec.qualifiedName();
    List<Example> all = all().stream().filter(example -> example.of(name)).toList();
    List<Example> own =
        all.stream()
            .filter(
                example ->
                    spec.subcommands().keySet().stream()
                        .noneMatch(below -> example.of(name + " " + below)))
            .toList();
    return own.isEmpty() ? all : own;
  }

  private static String[] lines(List<Example> examples) {
    List<String> lines = new ArrayList<>();
    for (Example example : examples) {
      if (!example.intent().isEmpty()) {
        lines.add("  " + example.intent());
      }
      lines.add("    " + example.line());
    }
    // the footer is a format
    return lines.stream().map(line -> line.replace("%", "%%")).toArray(String[]::new);
  }

  /** Every example there is. */
  static List<Example> all() {
    List<Example> all = new ArrayList<>();
    String intent = "";
    for (String line : text().lines().toList()) {
      if (line.startsWith("millrace")) {
        all.add(new Example(intent, line));
      }
      intent = line.startsWith("millrace") || line.startsWith("#") ? "" : line;
    }
    return all;
  }

  private static String text() {
    try (InputStream file =
        Objects.requireNonNull(Manual.class.getResourceAsStream("Manual/examples.txt"))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
