package dev.millrace.embedded.postgres;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.files.Layout;
import dev.millrace.embedded.files.Permissions;
import dev.millrace.embedded.process.OsUser;
import dev.millrace.embedded.process.ServiceKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How a Postgres is prepared, run and asked. */
final class PostgresKind implements ServiceKind {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");

  /** For a machine shared with the program itself; everything that keeps data safe stays on. */
  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("shared_buffers", "256MB"),
          Map.entry("max_connections", "200"),
          Map.entry("fsync", "on"),
          Map.entry("synchronous_commit", "on"),
          // A statement whose client was killed ends within a second instead of running to its end.
          Map.entry("client_connection_check_interval", "1s"),
          Map.entry("max_wal_size", "2GB"),
          Map.entry("min_wal_size", "256MB"),
          Map.entry("checkpoint_timeout", "15min"),
          Map.entry("jit", "off"),
          Map.entry("random_page_cost", "1.1"),
          Map.entry("timezone", "UTC"),
          Map.entry("log_timezone", "UTC"),
          Map.entry("log_checkpoints", "off"),
          Map.entry("log_line_prefix", "%m [%p] "));

  private final Layout layout;
  private final EmbeddedPostgres.Options options;
  private final PostgresCluster.Login login;

  PostgresKind(Layout layout, EmbeddedPostgres.Options options, PostgresCluster.Login login) {
    this.login = login;
    this.layout = layout;
    this.options = options;
  }

  @Override
  public String title() {
    return "Postgres";
  }

  @Override
  public Set<String> processNames() {
    return Set.of("postgres");
  }

  /** Fast shutdown, then immediate. */
  @Override
  public List<String> stopSignals() {
    return List.of("INT", "QUIT");
  }

  @Override
  public List<String> prepare(int port) throws IOException {
    var osUser = OsUser.forServices();
    var programs = options.programs().provide(layout.dataDir(), osUser);
    var cluster = new PostgresCluster(layout, osUser, programs, login);
    cluster.createIfAbsent();
    // No server uses this directory, so the file is stale; Postgres would take a stranger's process
    // with that pid for its own.
    Files.deleteIfExists(cluster.directory().resolve("postmaster.pid"));
    cluster.write("pg_hba.conf", "host all all 127.0.0.1/32 scram-sha-256\n");
    cluster.write("postgresql.conf", configuration(port));
    writePasswordFile(port);
    return osUser.command(List.of(programs.postgres(), "-D", OsUser.HERE.toString()));
  }

  /** For {@code psql} and others of its family: {@code PGPASSFILE}. */
  private void writePasswordFile(int port) throws IOException {
    Path file = layout.dataDir().resolve("pgpass");
    Files.deleteIfExists(file);
    Files.createFile(file, Permissions.privateFile());
    Files.writeString(file, "127.0.0.1:%d:*:millrace:%s\n".formatted(port, login.password()));
  }

  @Override
  public boolean answers(int port) throws IOException {
    return PostgresProbe.answers(port);
  }

  private String configuration(int port) {
    var all = new TreeMap<>(DEFAULTS);
    all.putAll(options.settings());
    all.put("listen_addresses", "127.0.0.1");
    all.put("port", String.valueOf(port));
    all.put("unix_socket_directories", "");
    all.put("password_encryption", "scram-sha-256");
    return all.entrySet().stream()
        .map(setting -> line(setting.getKey(), setting.getValue()))
        .collect(
            Collectors.joining("", "# Rewritten at each start; ALTER SYSTEM overrides it.\n", ""));
  }

  private static String line(String name, String value) {
    if (!NAME.matcher(name).matches() || value.lines().count() > 1) {
      throw new EmbeddedServiceException(
          "%s = %s is not a setting of Postgres".formatted(name, value));
    }
    return "%s = '%s'\n".formatted(name, value.replace("\\", "\\\\").replace("'", "''"));
  }
}
