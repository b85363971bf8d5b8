package dev.millrace.app.demo;

import dev.millrace.app.config.Config;
import dev.millrace.app.error.UserError;
import dev.millrace.app.home.DataDir;
import dev.millrace.demo.DemoFacts;
import dev.millrace.demo.DemoSheets;
import dev.millrace.demo.google.GoogleServer;
import dev.millrace.sheet.google.GoogleSettings;
import dev.millrace.sheet.google.ServiceAccountKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The sheets of the demo, the same in every run: files, or documents of a server like Google. */
public final class DemoSource implements AutoCloseable {
  private static final long SEED = 7;

  private final DemoFacts facts;
  private final Optional<GoogleServer> server;
  private final Optional<GoogleSettings> settings;

  private DemoSource(
      DemoFacts facts, Optional<GoogleServer> server, Optional<GoogleSettings> settings) {
    this.facts = facts;
    this.server = server;
    this.settings = settings;
  }

  /**
   * Writes the files, or starts the server with a key file of its own.
   *
   * @throws UserError when they cannot be written
   */
  public static DemoSource start(DataDir dataDir, boolean google) {
    try {
      return google ? google(dataDir) : files(dataDir);
    } catch (IOException e) {
      throw new UserError(
          "the demo's sheets cannot be written to " + dataDir.sheets() + ": " + e.getMessage(), e);
    }
  }

  private static DemoSource files(DataDir dataDir) throws IOException {
    DemoFacts facts = DemoSheets.write(dataDir.sheets(), SEED);
    return new DemoSource(facts, Optional.empty(), Optional.empty());
  }

  private static DemoSource google(DataDir dataDir) throws IOException {
    GoogleServer server = GoogleServer.start();
    try {
      DemoFacts facts = DemoSheets.share(server, dataDir.sheets(), SEED);
      Path file = dataDir.sheets().resolve("google-key.json");
      server.writeKey(file);
      ServiceAccountKey key = ServiceAccountKey.read(file);
      GoogleSettings settings = new GoogleSettings(key, server.root(), key.token());
      return new DemoSource(facts, Optional.of(server), Optional.of(settings));
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  public DemoFacts facts() {
    return facts;
  }

  /** The settings with which these sheets are synced. */
  public Config over(Config config) {
    return config.withSheets(facts.masterUrl(), settings);
  }

  @Override
  public void close() {
    server.ifPresent(GoogleServer::close);
  }
}
