package dev.millrace.db.takeover;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A plan in words. */
public final class PlanText {
  private static final Set<Action> SAID = EnumSet.of(Action.TAKE_OVER, Action.ASK, Action.LEAVE);

  private PlanText() {}

  /** Each step with its reason and its SQL, which can be read and run by hand. */
  public static List<String> full(Plan plan) {
    List<String> lines = steps(plan);
    lines.add(
        plan.migrations().isEmpty()
            ? "no migration is missing"
            : plan.migrations().size() + " migrations, into the schema millrace:");
    plan.migrations().forEach(file -> lines.add("    " + file));
    lines.add(
        plan.refused()
            ? "something is refused: nothing would be done"
            : plan.changes()
                ? "nothing has been changed; `millrace migrate` does this in one transaction"
                : "nothing is to be done");
    return lines;
  }

  /** The steps alone, with their SQL. */
  public static List<String> steps(Plan plan) {
    List<String> lines = new ArrayList<>();
    for (Step step : plan.steps()) {
      lines.add(head(step));
      lines.add("    found: " + step.found());
      lines.add("    why:   " + step.why());
      sql(lines, "", step.before());
      sql(lines, "after the migrations:", plan.migrations().isEmpty() ? List.of() : step.after());
      sql(lines, "", plan.migrations().isEmpty() ? step.after() : List.of());
    }
    return lines;
  }

  /** A line for each step that changes something or that a person must know of. */
  public static List<String> shortly(Plan plan) {
    return plan.steps().stream()
        .filter(step -> step.changes() || SAID.contains(step.action()))
        .map(step -> head(step) + ": " + step.why())
        .toList();
  }

  private static String head(Step step) {
    return step.action() + " " + step.object();
  }

  private static void sql(List<String> lines, String title, List<String> statements) {
    if (!statements.isEmpty() && !title.isEmpty()) {
      lines.add("    " + title);
    }
    for (String statement : statements) {
      lines.add("    " + (statement + ";").replace("\n", "\n    "));
    }
  }
}
