package dev.millrace.drills;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code drill NAME}: carries out a drill on services of its own. Exit code 0: it passed. */
@Command(
    name = "drill",
    mixinStandardHelpOptions = true,
    description = "Breaks what the queue stands on, and checks that no job is lost or done twice.",
    footer = {
      "",
      "Without a name the drills and guards are listed. Exit code: 0 passed, 1 failed."
    })
public final class Drill implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "a drill by name or number, or 'all'")
  private @Nullable String name;

  @Option(names = "--full", description = "the size that proves it; minutes instead of seconds")
  private boolean full;

  @Option(
      names = "--seed",
      description = "of all random choices; one is taken and printed otherwise")
  private @Nullable Long seed;

  @Option(
      names = "--without",
      paramLabel = "GUARD",
      description = "takes a guard away: its drill must fail")
  private @Nullable String without;

  @Override
  public Integer call() {
    CommandSpec command = java.util.Objects.requireNonNull(spec, "picocli sets it");
    PrintWriter out = command.commandLine().getOut();
    if (name == null) {
      list(out);
      return 0;
    }
    boolean passed = true;
    Optional<Guard> guard = Optional.ofNullable(without).map(Guard::of);
    long number = seed == null ? System.nanoTime() % 1_000_000 : seed;
    for (Scenario scenario : chosen(command, name)) {
      Report report = Drills.run(scenario, full, number, guard);
      out.println(report);
      out.flush();
      passed &= report.passed();
    }
    return passed ? 0 : 1;
  }

  private static List<Scenario> chosen(CommandSpec command, String name) {
    if (name.equals("all")) {
      return Drills.all();
    }
    return List.of(
        Drills.find(name)
            .orElseThrow(
                () ->
                    new ParameterException(
                        command.commandLine(), "there is no drill '" + name + "'")));
  }

  private static void list(PrintWriter out) {
    for (Scenario scenario : Drills.all()) {
      out.printf("%-4s %-15s %s%n", scenario.number(), scenario.name(), scenario.summary());
      List<String> guards = new ArrayList<>();
      Guard.of(scenario).forEach(guard -> guards.add(guard.text()));
      if (!guards.isEmpty()) {
        out.printf("%-20s fails without: %s%n", "", String.join(", ", guards));
      }
    }
    out.flush();
  }

  /** The drills alone, without the other commands. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Drill()).execute(args));
  }
}
