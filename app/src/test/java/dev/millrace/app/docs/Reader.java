package dev.millrace.app.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.Main;
import dev.millrace.app.config.Config;
import dev.millrace.app.config.Settings;
import dev.millrace.app.docs.Page.Block;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.process.Node;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.json.Json;
import dev.millrace.mv.ConfiguredView;
import dev.millrace.testing.TestServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A reader with an installation of their own who does what one page says, block by block: SQL in a
 * session of Postgres, commands in a shell, Java as a program; handlers go into the plugin folder.
 */
final class Reader implements AutoCloseable {
  private static final String KEY = "the-admin-key-of-the-documents";
  private static final String DOCUMENTED = "http://127.0.0.1:8080";

  private final Page page;
  private final Path directory;
  private final DatabaseUrl database;
  private final Connection session;
  private final JavaBlocks java;
  private final @Nullable Node millrace;
  private final Map<String, String> environment = new HashMap<>();
  private final @Nullable Shell shell;

  /** Starts on a copy of a database; Millrace itself only when the page has blocks to follow. */
  Reader(Page page, DatabaseUrl seeded, Path directory) throws IOException, SQLException {
    this.page = page;
    this.directory = directory;
    this.database = TestServices.copyOf(seeded);
    this.session = DriverManager.getConnection(database.jdbc());
    this.java =
        JavaBlocks.compile(page.blocks("java"), Files.createDirectories(directory.resolve("java")));
    this.millrace = hasBlocks("sql", "sh", "java") ? start() : null;
    this.shell = hasBlocks("sh") ? openShell() : null;
  }

  private boolean hasBlocks(String... languages) {
    return Stream.of(languages).anyMatch(language -> !page.blocks(language).isEmpty());
  }

  private Node start() throws IOException {
    environment.put("MILLRACE_PORT", "0");
    environment.put("DATABASE_URL", database.jdbc());
    environment.put("REDIS_URL", TestServices.startRedis().url());
    environment.put("MILLRACE_ADMIN_KEY", KEY);
    environment.put("MASTER_SHEET_URL", directory.resolve("master.csv").toUri().toString());
    Path home = Files.createDirectories(directory.resolve("home"));
    if (java.hasHandlers()) {
      java.writePlugin(Files.createDirectories(home.resolve("plugins")).resolve("page.jar"));
    }
    Config config = Config.read(Settings.of(environment), Config.Needs.NOTHING, home);
    return Node.start(Node.Plan.everything(config, DataDir.open(home)));
  }

  /** A directory like the repository's root, whose {@code millrace} runs what was just compiled. */
  private Shell openShell() throws IOException {
    Path root = Files.createDirectories(directory.resolve("root"));
    for (String entry : List.of("docs", "examples", "sql")) {
      Files.createSymbolicLink(root.resolve(entry), Page.ROOT.resolve(entry));
    }
    Path command = root.resolve("millrace");
    Files.writeString(
        command,
        """
        #!/usr/bin/env bash
        case $1 in status | jobs | enqueue | doctor) set -- "$@" --url "$MILLRACE_URL" ;; esac
        exec "$JAVA" -Xshare:auto -cp "$CLASS_PATH" %s "$@"
        """
            .formatted(Main.class.getName()));
    if (!command.toFile().setExecutable(true)) {
      throw new IOException(command + " cannot be made executable");
    }
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("MILLRACE_URL", address());
    variables.put("JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
    variables.put("CLASS_PATH", System.getProperty("java.class.path"));
    return new Shell(root, variables);
  }

  private String address() {
    return Objects.requireNonNull(millrace).address().toString().replaceAll("/$", "");
  }

  /** Does what the page says, and waits until its handlers have run what was enqueued for them. */
  void follow() throws Exception {
    for (Block block : page.blocks()) {
      if (block.notRun().isEmpty()) {
        try {
          follow(block);
        } catch (Exception | AssertionError e) {
          throw new AssertionError(page + ":" + block.line() + " does not work as it stands", e);
        }
      }
    }
    inlineSql();
    awaitHandlers();
  }

  private void follow(Block block) throws Exception {
    switch (block.language()) {
      case "sql" -> sql(block.text());
      case "sh" -> {
        Objects.requireNonNull(shell).run(block.text().replace(DOCUMENTED, address()));
      }
      case "java" -> {
        if (JavaBlocks.isProgram(block)) {
          program(JavaBlocks.nameOf(block), block.text().contains("static void main"));
        }
      }
      case "json" -> json(block.text());
      default -> {} // text and diagrams
    }
  }

  private void sql(String statements) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(statements);
    }
  }

  private void program(String name, boolean hasMain) throws IOException, InterruptedException {
    String path = java.classes() + ":" + System.getProperty("java.class.path");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", path));
    command.addAll(hasMain ? List.of(name) : List.of(Snippet.class.getName(), name));
    Path printed = directory.resolve(name + ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    if (!ended || process.exitValue() != 0) {
      throw new AssertionError(
          name + (ended ? " failed:\n" : " ran longer than 60 s:\n") + Files.readString(printed));
    }
  }

  /** A file of views is read as the scheduler reads it; other JSON must be JSON. */
  private static void json(String text) {
    if (Json.tree(text).has("views")) {
      if (ConfiguredView.read(text).isEmpty()) {
        throw new AssertionError("the file names no view");
      }
    }
  }

  private void inlineSql() throws SQLException {
    session.setAutoCommit(false);
    for (String statement : page.inlineSql()) {
      Savepoint before = session.setSavepoint();
      try {
        sql(statement);
      } catch (SQLException e) {
        throw new AssertionError(page + ": `" + statement + "` does not work as it stands", e);
      }
      session.rollback(before);
    }
    session.rollback();
    session.setAutoCommit(true);
  }

  private void awaitHandlers() {
    if (java.hasHandlers()) {
      Awaitility.await("the jobs of the page's handlers")
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() -> assertThat(ends()).containsOnly("completed"));
    }
  }

  /** How the jobs that are due and whose kind no part of Millrace brings have ended. */
  private List<String> ends() throws SQLException {
    List<String> ends = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT concat_ws(' ', state, error) FROM millrace.jobs"
                    + " WHERE run_at <= now() AND kind !~ '^(mv|sync|stats|cache)[.]'")) {
      while (rows.next()) {
        ends.add(rows.getString(1));
      }
    }
    return ends;
  }

  @Override
  public void close() throws SQLException {
    if (shell != null) {
      shell.close();
    }
    if (millrace != null) {
      millrace.close();
    }
    session.close();
  }
}
