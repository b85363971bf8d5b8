package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import dev.millrace.drills.DrillReport;
import dev.millrace.drills.Scenario;
import dev.millrace.drills.child.ChildEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Judges a drill by what is left in its database, and writes that into the report of its run. */
public final class Verdict {
  private final Scenario.Run run;
  private final Material material;
  private final Jdbi jdbi;
  private final JobProducer producer;
  private final ChildProcesses processes;
  private boolean checked;

  /**
   * What it judges by.
   *
   * @param ledger the jobs whose enqueue was acknowledged
   * @param directory where the output of the children is; kept when a rule is broken
   */
  record Material(String jdbcUrl, Jdbi jdbi, Ledger ledger, Path directory) {}

  Verdict(Scenario.Run run, Material material, JobProducer producer, ChildProcesses processes) {
    this.run = run;
    this.material = material;
    this.jdbi = material.jdbi();
    this.producer = producer;
    this.processes = processes;
  }

  /** Checks every rule against what is left, and writes the findings into the report. */
  public void check() {
    check(true);
  }

  /** As {@link #check}, but a job that is gone or has not ended breaks no rule. */
  public void checkWhatIsThere() {
    check(false);
  }

  /** Each row of a query is a violation of the rule; its first column says what. */
  public void violations(String rule, String sql, Object... args) {
    List<String> found =
        jdbi.withHandle(handle -> handle.select(sql, args).mapTo(String.class).list());
    found.forEach(one -> run.report().violation(rule, one));
    run.report().fact(rule, found.size());
  }

  /** As {@link #violations(String, String, Object...)}, with a statement of {@code check}. */
  public void violationsOf(String rule, String check) {
    violations(rule, statement(check));
  }

  /** How many rows a statement of {@code check} finds. */
  public long rows(String check) {
    String query = "SELECT count(*) FROM (" + statement(check) + ") found";
    return jdbi.withHandle(handle -> handle.select(query).mapTo(Long.class).one());
  }

  private static String statement(String check) {
    return TestBed.resource("/dev/millrace/drills/check/" + check + ".sql");
  }

  private void check(boolean over) {
    checked = true;
    DrillReport report = run.report();
    report.fact("jobs acknowledged", material.ledger().count());
    report.fact("enqueues in doubt", producer.inDoubt());
    report.fact("stale commits refused", processes.count(ChildEvent.COMMIT_REFUSED));
    checker().check(report, over);
    if (!report.passed() && run.without().isEmpty()) {
      DrillServices.keep();
      report.fact("the children's output is kept in", material.directory());
    }
  }

  /** Says how soon the jobs of lost workers ran again. */
  public long reportRescues() {
    Checker.Rescues rescues = checker().rescues();
    run.report().fact("taken back from lost workers: jobs, p50, p99", of(rescues.taken()));
    run.report().fact("running again: jobs, p50, p99", of(rescues.again()));
    return rescues.losses();
  }

  private static String of(List<Double> millis) {
    return String.format(
        Locale.ROOT,
        "%d, %.1f s, %.1f s",
        millis.size(),
        Checker.Rescues.percentile(millis, 50) / 1000,
        Checker.Rescues.percentile(millis, 99) / 1000);
  }

  /** The rescue of all but one job in a hundred must not take longer. */
  public void rescuedWithin(Duration most) {
    double p99 = Checker.Rescues.percentile(checker().rescues().again(), 99);
    if (p99 > most.toMillis()) {
      run.report()
          .violation("rescued too late", "p99 is " + p99 / 1000 + " s, may be " + most.toSeconds());
    }
  }

  private Checker checker() {
    return new Checker(material.jdbcUrl(), material.ledger().read());
  }

  /** Checks a drill that ended before it did so itself, as far as it came. */
  void checkUnlessDone() {
    if (!checked) {
      try {
        check(false);
      } catch (DrillException | JdbiException e) {
        run.report().fact("not checked", e);
      }
    }
  }
}
