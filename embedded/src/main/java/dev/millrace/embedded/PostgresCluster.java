package dev.millrace.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The directory of a Postgres server, with the superuser and the database {@code millrace}. It is
 * made beside its place and renamed when complete, so what stands in its place is always whole.
 */
final class PostgresCluster {
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final List<String> STOP_SIGNALS = List.of("TERM");

  private final Layout layout;
  private final Account account;
  private final PostgresPrograms programs;

  PostgresCluster(Layout layout, Account account, PostgresPrograms programs) {
    this.layout = layout;
    this.account = account;
    this.programs = programs;
  }

  Path directory() {
    return layout.serviceDir();
  }

  void createIfAbsent() throws IOException {
    for (Path left : FileTrees.leftUnfinished(directory())) {
      // The initdb of a JVM that was killed a moment ago may still be at work in it.
      new Inhabitants(left, Set.of("initdb", "postgres")).kill();
      FileTrees.delete(left);
    }
    if (Files.exists(directory().resolve("PG_VERSION"))) {
      account.own(directory());
      return;
    }
    Path unfinished = FileTrees.unfinished(directory());
    account.own(unfinished);
    initdb(unfinished);
    createDatabase(unfinished);
    FileTrees.publish(unfinished, directory());
  }

  /** Replaces a configuration file. */
  void write(String file, String content) throws IOException {
    Path path = directory().resolve(file);
    Files.writeString(path, content);
    account.own(path);
  }

  private void initdb(Path cluster) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                programs.initdb(),
                "--pgdata=" + cluster,
                "--username=millrace",
                "--auth=trust",
                "--encoding=UTF8",
                // The same order of text on every machine, whatever locales it has.
                "--locale=C",
                "--no-instructions"));
    if (programs.hasBuiltinLocale()) {
      command.add("--locale-provider=builtin");
      command.add("--builtin-locale=C.UTF-8");
    }
    run(cluster, Supervised.NO_INPUT, command.toArray(String[]::new));
  }

  /** In the single-user mode; flushed by the checkpoint at its end. */
  private void createDatabase(Path cluster) throws IOException {
    Path sql = Files.writeString(cluster.resolve("millrace.sql"), "CREATE DATABASE millrace\n");
    run(
        cluster,
        sql,
        programs.postgres(),
        "--single",
        "-D",
        cluster.toString(),
        // So that a statement that failed shows in the exit status.
        "-c",
        "exit_on_error=on",
        "template1");
    Files.delete(sql);
  }

  private void run(Path cluster, Path input, String... command) throws IOException {
    var files = new Supervised.Files(input, layout.log());
    var step =
        Supervised.launch(
            "initdb", cluster, files, STOP_SIGNALS, account.command(List.of(command)));
    try {
      if (!step.awaitExit(DEADLINE)) {
        throw failed("not done after %d s".formatted(DEADLINE.toSeconds()));
      }
      if (step.exitStatus() != 0) {
        throw failed(ServiceLog.complaint(layout.log()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    } finally {
      step.stop();
    }
  }

  private EmbeddedServiceException failed(String reason) {
    return new EmbeddedServiceException(
        "Postgres could not initialise %s: %s".formatted(layout.dataDir(), reason));
  }
}
