package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The Postgres server of this process and its directory; both are gone when the process ends. */
final class DrillServices {
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final Set<EmbeddedPostgres> OPEN = ConcurrentHashMap.newKeySet();

  private static volatile boolean kept;

  private DrillServices() {}

  private static final class Holder {
    private static final EmbeddedPostgres POSTGRES = start(newDirectory("shared"));
  }

  private static final class Place {
    private static final Path DIRECTORY = directory();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(DrillServices::end));
    }

    private static Path directory() {
      try {
        return Files.createTempDirectory("millrace-drills-");
      } catch (IOException e) {
        throw new DrillException("no directory for the drills' services could be made", e);
      }
    }
  }

  private static void end() {
    OPEN.forEach(EmbeddedPostgres::close);
    if (!kept) {
      delete(Place.DIRECTORY);
    }
  }

  /** The one that drills share; it lasts as long as this process. */
  static EmbeddedPostgres postgres() {
    return Holder.POSTGRES;
  }

  /** One of a drill's own, to be killed and changed at will, and closed by it. */
  static EmbeddedPostgres newPostgres() {
    return start(newDirectory("postgres"));
  }

  private static EmbeddedPostgres start(Path directory) {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(
            directory,
            EmbeddedPostgres.Options.defaults()
                .withSuperuser()
                .withSetting("track_commit_timestamp", "on")
                .withSetting("shared_buffers", "64MB")
                .withSetting("max_connections", "300"));
    OPEN.add(postgres);
    return postgres;
  }

  /** Where this process itself logs to. */
  static Path logFile() {
    return Place.DIRECTORY.resolve("drill.log");
  }

  /** A directory that lasts as long as this process. */
  static Path newDirectory(String name) {
    try {
      return Files.createDirectories(
          Place.DIRECTORY.resolve(name + "-" + NUMBERS.incrementAndGet()));
    } catch (IOException e) {
      throw new DrillException("no directory for a drill could be made", e);
    }
  }

  /** Leaves everything where it is when this process ends. */
  static void keep() {
    kept = true;
  }

  /** An empty database; the address is complete with its user. */
  static String newDatabase(EmbeddedPostgres postgres) {
    String name = "drill_" + NUMBERS.incrementAndGet();
    execute(postgres.jdbcUrl(), "CREATE DATABASE " + name);
    return postgres.jdbcUrl().replace("/millrace?", "/" + name + "?");
  }

  /** Runs statements, each committed on its own where there is only one. */
  static void execute(String jdbcUrl, String sql) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new DrillException("the drill's database could not be prepared", e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      // a temporary directory; the machine clears it some day
    }
  }
}
