package dev.millrace.drills;

import dev.millrace.drills.scenario.Mutants;
import dev.millrace.drills.testbed.TestBed;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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
      "Without a name the drills and guards are listed. Exit code: 0 passed, 1 failed.",
      "Needs nothing running: Postgres, Redis and the processes that are killed are its own."
    })
public final class Drill implements Callable<Integer> {
  private static final int SEEDS = 1_000_000;

  private final Consumer<Path> logTo;

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
      paramLabel = "N",
      description = "of all random choices; one is taken and printed otherwise")
  private @Nullable Long seed;

  @Option(
      names = "--mutants",
      description = "takes the drill's guards away, one after the other: it must fail every time")
  private boolean mutants;

  @Option(
      names = "--without",
      paramLabel = "GUARD",
      description = "takes this guard away: the drill must fail")
  private @Nullable String without;

  /**
   * Makes it.
   *
   * @param logTo is told, before a drill begins, the file to log to; it goes when a drill has
   *     passed
   */
  public Drill(Consumer<Path> logTo) {
    this.logTo = logTo;
  }

  @Override
  public Integer call() {
    CommandLine command = Objects.requireNonNull(spec, "picocli sets it").commandLine();
    PrintWriter out = command.getOut();
    if (name == null) {
      list(out);
      return 0;
    }
    List<Scenario> chosen = chosen(command, name);
    if (without != null) {
      chosen.forEach(scenario -> guard(command, scenario)); // refused before the first one runs
    }
    logTo.accept(TestBed.logFile());
    long number = seed == null ? ThreadLocalRandom.current().nextInt(SEEDS) : seed;
    boolean passed = true;
    for (Scenario scenario : chosen) {
      Optional<Guard> guard = Optional.ofNullable(without).map(text -> guard(command, scenario));
      Scenario told = mutants ? new Mutants(scenario) : scenario;
      out.println("running " + Drills.title(told, full, number, guard));
      out.flush();
      DrillReport report = Drills.run(told, full, number, guard);
      out.println(report);
      out.flush();
      passed &= report.passed();
    }
    return passed ? 0 : 1;
  }

  private static List<Scenario> chosen(CommandLine command, String name) {
    if (name.equals("all")) {
      return Drills.all();
    }
    String known =
        Drills.all().stream().map(Scenario::name).collect(Collectors.joining(", ", "", ", all"));
    return List.of(
        Drills.find(name)
            .orElseThrow(
                () ->
                    new ParameterException(
                        command, "there is no drill '" + name + "'; there are " + known)));
  }

  private Guard guard(CommandLine command, Scenario scenario) {
    List<Guard> guards = Guard.of(scenario);
    return guards.stream()
        .filter(guard -> guard.text().equals(without))
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterException(
                    command,
                    scenario.name() + " has no guard '" + without + "'; it has " + texts(guards)));
  }

  private static String texts(List<Guard> guards) {
    return guards.stream().map(Guard::text).collect(Collectors.joining(", "));
  }

  private static void list(PrintWriter out) {
    for (Scenario scenario : Drills.all()) {
      out.printf("%-4s %-15s %s%n", scenario.number(), scenario.name(), scenario.summary());
      List<Guard> guards = Guard.of(scenario);
      if (!guards.isEmpty()) {
        out.printf("%-20s fails without: %s%n", "", texts(guards));
      }
    }
    out.flush();
  }
}
