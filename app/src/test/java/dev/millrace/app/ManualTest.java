package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.Manual.Example;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the help of each command and of each command below it says. */
class ManualTest {
  private static final Pattern WORD = Pattern.compile("'([^']*)'|([^\\s']+)");
  private static final Set<Class<?>> MEASURED =
      Set.of(int.class, long.class, Integer.class, Long.class, Duration.class);

  private static CommandLine millrace() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return Main.command(Map.of(), nowhere, nowhere);
  }

  static Stream<CommandSpec> commands() {
    return below(millrace()).filter(spec -> spec.parent() != null);
  }

  private static Stream<CommandSpec> below(CommandLine command) {
    return Stream.concat(
        Stream.of(command.getCommandSpec()),
        command.getSubcommands().values().stream().flatMap(ManualTest::below));
  }

  static Stream<Example> examples() {
    return Manual.all().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void a_help_has_a_synopsis_a_description_exit_codes_and_an_example(CommandSpec command) {
    String help = command.commandLine().getUsageMessage();
    String name = command.qualifiedName();
    assertThat(help).startsWith("Usage: " + name + " ");
    assertThat(command.usageMessage().description()).as(name).isNotEmpty();
    assertThat(help)
        .containsPattern("Exit codes:\n +0 +\\S")
        .containsPattern("Examples:\n( .*\n)* {4}" + name + "\\b");
    assertThat(help).doesNotContain("%");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void an_option_is_described_and_a_number_has_its_default(CommandSpec command) {
    for (ArgSpec option : command.args()) {
      String text = String.join(" ", option.description());
      String name = command.qualifiedName() + " " + option.paramLabel() + " of " + names(option);
      assertThat(text).as(name).isNotBlank();
      boolean measured =
          MEASURED.contains(option.typeInfo().getType())
              || Stream.of(option.typeInfo().getAuxiliaryTypes()).anyMatch(MEASURED::contains);
      boolean given = option.required() || option.paramLabel().equals("PID");
      if (option.isOption() && measured && !given) {
        assertThat(text).as(name).containsPattern("default|from now|^only ");
      }
    }
  }

  private static String names(ArgSpec option) {
    return option instanceof OptionSpec named ? named.longestName() : "a parameter";
  }

  @ParameterizedTest
  @MethodSource("examples")
  void an_example_is_a_command_line_that_the_command_takes(Example example) {
    CommandLine millrace = millrace();
    List<String> words = words(example.line());
    CommandLine.ParseResult parsed =
        millrace.parseArgs(words.subList(1, words.size()).toArray(String[]::new));
    assertThat(parsed.hasSubcommand()).isTrue();
  }

  /** As a shell has them, up to a pipe or a redirection. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    while (word.find()) {
      String bare = word.group(2);
      if ("|".equals(bare) || ">".equals(bare)) {
        break;
      }
      words.add(bare == null ? word.group(1) : bare);
    }
    return words;
  }
}
