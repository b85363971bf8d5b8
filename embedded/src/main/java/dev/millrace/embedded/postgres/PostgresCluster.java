package dev.millrace.embedded.postgres;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.files.FileTrees;
import dev.millrace.embedded.files.Layout;
import dev.millrace.embedded.files.Passwords;
import dev.millrace.embedded.files.Permissions;
import dev.millrace.embedded.process.OsUser;
import dev.millrace.embedded.process.ProcessesIn;
import dev.millrace.embedded.process.ServiceLog;
import dev.millrace.embedded.process.Supervised;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The directory of a Postgres server, with the database {@code millrace}, its owner {@code
 * millrace}, and a superuser {@code millrace_admin} that only this class uses. It is made beside
 * its place and renamed when complete, so the directory is always complete; a cluster of an earlier
 * release, whose account was the superuser and had no password, is changed in place.
 */
final class PostgresCluster {
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final List<String> STOP_SIGNALS = List.of("TERM");

  /** The file in the directory that names its roles and passwords. */
  private static final String ROLES = "millrace.roles";

  private static final String ROLES_SQL = resource("roles.sql");
  private static final String OWNERSHIP_SQL = resource("ownership.sql");
  private static final String ORDINARY =
      "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";

  private final Layout layout;
  private final OsUser osUser;
  private final PostgresPrograms programs;
  private final Login login;

  /**
   * The users that may log in.
   *
   * @param password of {@code millrace}
   * @param adminPassword of {@code millrace_admin}
   * @param superuser whether {@code millrace} is one as well
   */
  record Login(String password, String adminPassword, boolean superuser) {
    /** Changes with any of them and reveals none. */
    String mark() {
      return "1 "
          + Passwords.sha256("%s %s %s".formatted(password, adminPassword, superuser))
          + "\n";
    }

    @Override
    public String toString() {
      return superuser ? "superuser" : "ordinary";
    }
  }

  PostgresCluster(Layout layout, OsUser osUser, PostgresPrograms programs, Login login) {
    this.layout = layout;
    this.osUser = osUser;
    this.programs = programs;
    this.login = login;
  }

  Path directory() {
    return layout.serviceDir();
  }

  void createIfAbsent() throws IOException {
    for (Path left : FileTrees.leftUnfinished(directory())) {
      // The initdb of a JVM that was killed a moment ago may still be at work in it.
      new ProcessesIn(left, Set.of("initdb", "postgres")).kill();
      FileTrees.delete(left);
    }
    if (!Files.exists(directory().resolve("PG_VERSION"))) {
      Path unfinished = FileTrees.unfinished(directory());
      OsUser initialising = osUser.forInitialising();
      initialising.own(unfinished);
      initdb(unfinished, initialising);
      grant(unfinished, initialising, "CREATE DATABASE millrace OWNER millrace");
      osUser.own(unfinished);
      FileTrees.publish(unfinished, directory());
    } else if (!hasRoles()) {
      OsUser initialising = osUser.forInitialising();
      initialising.own(directory());
      Files.deleteIfExists(directory().resolve("postmaster.pid"));
      grant(directory(), initialising, "ALTER DATABASE millrace OWNER TO millrace");
    }
    osUser.own(directory());
  }

  private boolean hasRoles() throws IOException {
    Path file = directory().resolve(ROLES);
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.readString(file).equals(login.mark());
  }

  /** Replaces a configuration file. */
  void write(String file, String content) throws IOException {
    osUser.write(directory().resolve(file), content);
  }

  private void initdb(Path cluster, OsUser initialising) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                programs.initdb(),
                "--pgdata=" + OsUser.HERE,
                "--username=millrace_admin",
                // rewritten before each start
                "--auth=reject",
                "--encoding=UTF8",
                // The same order of text on every machine, whatever locales it has.
                "--locale=C",
                "--no-instructions"));
    if (programs.hasBuiltinLocale()) {
      command.add("--locale-provider=builtin");
      command.add("--builtin-locale=C.UTF-8");
    }
    run(cluster, Supervised.NO_INPUT, initialising.command(command));
  }

  /** Gives the roles their passwords and rights, and the account its database and all in it. */
  private void grant(Path cluster, OsUser initialising, String database) throws IOException {
    String roles =
        ROLES_SQL
            .replace("{attributes}", login.superuser() ? "SUPERUSER" : ORDINARY)
            .replace("{millrace}", Passwords.scramVerifier(login.password()))
            .replace("{admin}", Passwords.scramVerifier(login.adminPassword()))
            .replace("{database}", database);
    single(cluster, initialising, "template1", roles);
    single(cluster, initialising, "millrace", OWNERSHIP_SQL);
    initialising.write(cluster.resolve(ROLES), login.mark());
  }

  /** Runs statements in the single-user mode; flushed by the checkpoint at its end. */
  private void single(Path cluster, OsUser initialising, String database, String sql)
      throws IOException {
    // opened by our own shell: the account that reads it from there cannot open it itself
    Path file = layout.dataDir().resolve("postgres.sql");
    Files.deleteIfExists(file);
    Files.createFile(file, Permissions.privateFile());
    Files.writeString(file, sql);
    run(
        cluster,
        file,
        initialising.command(
            List.of(
                programs.postgres(),
                "--single",
                // a statement ends with an empty line
                "-j",
                "-D",
                OsUser.HERE.toString(),
                // So that a statement that failed shows in the exit status.
                "-c",
                "exit_on_error=on",
                database)));
    Files.delete(file);
  }

  private void run(Path cluster, Path input, List<String> command) throws IOException {
    var files = new Supervised.Files(input, layout.log());
    var step = Supervised.launch("initdb", cluster, files, STOP_SIGNALS, command);
    try {
      if (!step.awaitExit(DEADLINE)) {
        throw failed("not done after %d s".formatted(DEADLINE.toSeconds()));
      }
      if (step.exitStatus() != 0) {
        throw failed(ServiceLog.lastError(layout.log()));
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

  private static String resource(String name) {
    try (var in = PostgresCluster.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
