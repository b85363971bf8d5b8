package dev.millrace.db.takeover;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a migration does with what a database has.
 *
 * @param steps in the order in which they are done
 * @param migrations the files of this release that the database lacks, in their order
 */
public record Plan(List<Step> steps, List<String> migrations) {
  public Plan {
    steps = List.copyOf(steps);
    migrations = List.copyOf(migrations);
  }

  /** Whether something cannot be used, so that nothing is done. */
  public boolean refused() {
    return steps.stream().anyMatch(step -> step.action() == Action.REFUSE);
  }

  /** Whether anything is done at all. */
  public boolean changes() {
    return !migrations.isEmpty() || steps.stream().anyMatch(Step::changes);
  }

  /**
   * Ends where something is refused.
   *
   * @throws TakeoverRefusedException with each refusal and its way out
   */
  void check() {
    if (refused()) {
      throw new TakeoverRefusedException(
          "something stands in the way, and nothing was changed:\n"
              + steps.stream()
                  .filter(step -> step.action() == Action.REFUSE)
                  .map(step -> "  " + step.object() + ": " + step.why())
                  .collect(Collectors.joining("\n"))
              + "\n`millrace migrate --plan` (or `--undo`) shows the whole plan");
    }
  }
}
