package dev.millrace.embedded.postgres;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.files.Layout;
import dev.millrace.embedded.files.Passwords;
import dev.millrace.embedded.process.OsUser;
import dev.millrace.embedded.process.Ports;
import dev.millrace.embedded.process.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A Postgres server of this JVM: user and database {@code millrace}, with a password that lies in
 * the data directory, reachable on 127.0.0.1 only. The user owns the database and is no superuser.
 * Thread-safe.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private final Service service;
  private final String password;

  private EmbeddedPostgres(Service service, String password) {
    this.service = service;
    this.password = password;
  }

  /** Like {@link #start(Path, Options)} with any free port and the default settings. */
  public static EmbeddedPostgres start(Path dataDir) {
    return start(dataDir, Options.defaults());
  }

  /**
   * Serves what lies in {@code dataDir}, made if absent, and returns once queries are answered. The
   * first start on a machine unpacks the binaries, the first on a directory initialises it.
   *
   * @throws EmbeddedServiceException if the directory cannot be used or is in use, the port is
   *     taken, or Postgres refuses
   */
  public static EmbeddedPostgres start(Path dataDir, Options options) {
    var login = new AtomicReference<PostgresCluster.Login>();
    Service service =
        Service.start(
            "postgres",
            dataDir,
            options.port(),
            layout -> {
              var made = login(layout, options);
              login.set(made);
              return new PostgresKind(layout, options, made);
            });
    return new EmbeddedPostgres(service, Objects.requireNonNull(login.get()).password());
  }

  private static PostgresCluster.Login login(Layout layout, Options options) {
    try {
      Passwords passwords = Passwords.in(layout.dataDir());
      return new PostgresCluster.Login(
          passwords.readOrMake("postgres"),
          passwords.readOrMake("postgres-admin"),
          options.superuser());
    } catch (IOException e) {
      throw layout.unusable(e);
    }
  }

  /**
   * Address for the JDBC driver, complete with user and password. The driver refuses whatever
   * answers there and wants the password in the clear.
   */
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:%d/millrace?user=millrace&password=%s&requireAuth=scram-sha-256"
        .formatted(port(), password);
  }

  /** The same address in the form of {@code DATABASE_URL}. */
  public String databaseUrl() {
    return "postgresql://millrace:%s@127.0.0.1:%d/millrace?require_auth=scram-sha-256"
        .formatted(password, port());
  }

  /** Stays the same over {@link #restart()}. */
  public int port() {
    return service.port();
  }

  /** Process id of the postmaster; a new one after {@link #restart()}. */
  public long pid() {
    return service.pid();
  }

  /** False once the postmaster has ended, for whatever reason. */
  public boolean isAlive() {
    return service.isAlive();
  }

  /**
   * Stops the server if it still runs and serves the same directory on the same port again.
   *
   * @throws EmbeddedServiceException as {@link #start(Path, Options)}, or if this was closed
   */
  public void restart() {
    service.restart();
  }

  /**
   * Fast shutdown: open transactions are rolled back. Returns when no process is left; further
   * calls do nothing.
   */
  @Override
  public void close() {
    service.close();
  }

  /**
   * How to serve a directory.
   *
   * @param port 1 to 65535, or 0 for any free one
   * @param settings lines of {@code postgresql.conf} by name that override the defaults, but not
   *     where the server listens; values as {@code SHOW} prints them
   * @param programs where the server comes from
   * @param superuser whether the user {@code millrace} is a superuser, for tests and drills
   */
  public record Options(
      int port, Map<String, String> settings, Programs programs, boolean superuser) {
    public Options {
      Ports.check(port);
      settings = Map.copyOf(settings);
    }

    public static Options defaults() {
      return new Options(Ports.ANY, Map.of(), PostgresPrograms::provide, false);
    }

    public Options withPort(int fixedPort) {
      return new Options(fixedPort, settings, programs, superuser);
    }

    public Options withSetting(String name, String value) {
      var more = new LinkedHashMap<>(settings);
      more.put(name, value);
      return new Options(port, more, programs, superuser);
    }

    /**
     * An installed server instead of the one in the jar.
     *
     * @param bin the folder that holds {@code postgres} and {@code initdb}
     */
    public Options withPrograms(Path bin) {
      Path folder = bin.toAbsolutePath();
      return new Options(
          port, settings, (dataDir, osUser) -> PostgresPrograms.installed(folder), superuser);
    }

    /**
     * Another version than the one in the jar for this machine.
     *
     * @param archive absolute name of a resource, of the form that such jars hold
     */
    public Options withArchive(String archive) {
      return new Options(
          port,
          settings,
          (dataDir, osUser) -> PostgresPrograms.unpacked(archive, dataDir, osUser),
          superuser);
    }

    /** The user may do everything in the server, and with it all that the server's account may. */
    public Options withSuperuser() {
      return new Options(port, settings, programs, true);
    }
  }

  /** Where a server's programs come from. */
  interface Programs {
    PostgresPrograms provide(Path dataDir, OsUser osUser) throws IOException;
  }
}
