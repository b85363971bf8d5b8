package dev.millrace.app.command;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.DataDirs;
import dev.millrace.app.config.Settings;
import dev.millrace.app.process.ProcessContext;
import dev.millrace.app.process.RefreshFunctions;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Seed;
import dev.millrace.db.takeover.Migrations;
import dev.millrace.db.takeover.Plan;
import dev.millrace.db.takeover.PlanText;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings a database up to this release. */
@Command(
    name = "migrate",
    description = "Brings the schema in DATABASE_URL up to this release.",
    mixinStandardHelpOptions = true,
    exitCodeList = {"0:done", "1:failed", "2:refused before any change"})
public final class MigrateCommand implements Callable<Integer> {
  private static final int CONNECTIONS = 2; // Flyway holds its lock on one and works on the other

  private final Map<String, String> environment;

  @Option(
      names = "--seed",
      description = {
        "Also add the background workers, views and stats functions of the five example workloads.",
        "What exists stays as it is."
      })
  private boolean seed;

  @Spec private CommandSpec spec = CommandSpec.create();

  public MigrateCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Option(
      names = "--plan",
      description = {
        "Only show what would be done with the tables, views and roles that exist, in SQL.",
        "Changes nothing. Exit code 2 where something is refused."
      })
  private boolean plan;

  @Option(
      names = "--undo",
      description = {
        "Give the documented tables back as plain tables that work without Millrace, and drop the",
        "schema millrace. Without --yes it only shows what it would do."
      })
  private boolean undo;

  @Option(names = "--yes", description = "With --undo: do it.")
  private boolean yes;

  @Override
  public Integer call() {
    Config config =
        Config.read(Settings.of(environment), Config.Needs.DATABASE, DataDirs.main(environment));
    DatabaseUrl url = config.services().database().orElseThrow();
    PrintWriter out = spec.commandLine().getOut();
    try (Database database = ProcessContext.connect(url, "millrace migrate", CONNECTIONS)) {
      Migrations migrations = new Migrations(database);
      if (plan) {
        Plan found = migrations.plan();
        PlanText.full(found).forEach(out::println);
        database.jdbi().inTransaction(RefreshFunctions::plan).forEach(out::println);
        return found.refused() ? ExitCode.USAGE : ExitCode.OK;
      }
      if (undo) {
        return undo(migrations, out);
      }
      Plan done = ProcessContext.migrate(migrations);
      PlanText.shortly(done).forEach(out::println);
      int applied = done.migrations().size();
      out.println(
          applied == 0
              ? "the schema is up to date"
              : applied + " migrations applied; the schema is up to date");
      database.jdbi().inTransaction(RefreshFunctions::register).forEach(out::println);
      if (seed) {
        List<String> added = database.jdbi().inTransaction(Seed::addAll);
        added.forEach(row -> out.println("added " + row));
        out.println(
            added.isEmpty()
                ? "the rows of the five workloads exist: nothing was added"
                : added.size() + " rows added");
      }
    }
    return ExitCode.OK;
  }

  private int undo(Migrations migrations, PrintWriter out) {
    Plan shown = migrations.undoPlan();
    if (yes && !shown.refused()) {
      PlanText.shortly(migrations.undo()).forEach(out::println);
      return ExitCode.OK;
    }
    PlanText.steps(shown).forEach(out::println);
    out.println(
        shown.refused()
            ? "something is refused: nothing was changed"
            : "nothing has been changed; `millrace migrate --undo --yes` does this");
    return shown.refused() ? ExitCode.USAGE : ExitCode.OK;
  }
}
