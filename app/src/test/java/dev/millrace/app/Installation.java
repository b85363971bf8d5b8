package dev.millrace.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.app.config.Config;
import dev.millrace.app.config.Settings;
import dev.millrace.app.demo.DemoData;
import dev.millrace.app.demo.DemoSource;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.process.Node;
import dev.millrace.db.SearchPath;
import dev.millrace.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jdbi.v3.core.HandleCallback;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * All of Millrace in this process, on services of its own and with the demo's data, as an admin
 * meets it: over HTTP, in the database, and by its log.
 */
final class Installation implements AutoCloseable {
  private final Node node;
  private final Log log = new Log();
  private final HttpClient http = HttpClient.newHttpClient();

  /** Starts it in an empty directory, which may hold a folder of plugins. */
  Installation(Path directory) {
    this(configuration(directory), DataDir.open(directory));
  }

  private Installation(Config config, DataDir directory) {
    node =
        Node.start(
            Node.Plan.everything(config, directory)
                .andThen(shared -> DemoData.fill(shared.jdbi())));
  }

  /** With the master sheet of the demo, and the sheets of its suppliers. */
  static Installation withSheets(Path directory) {
    DataDir dataDir = DataDir.open(directory);
    try (DemoSource sheets = DemoSource.start(dataDir, false)) {
      return new Installation(sheets.over(configuration(directory)), dataDir);
    }
  }

  private static Config configuration(Path directory) {
    return Config.read(Settings.of(Map.of("MILLRACE_PORT", "0")), Config.Needs.NOTHING, directory);
  }

  /** An answer; a body that is not JSON is a failure. */
  record Answer(int status, String text) {
    JsonNode json() {
      return Json.tree(text);
    }
  }

  Answer get(String path) {
    return call("GET", path, null);
  }

  Answer put(String path, String body) {
    return call("PUT", path, body);
  }

  Answer post(String path, @Nullable String body) {
    return call("POST", path, body);
  }

  private Answer call(String method, String path, @Nullable String body) {
    HttpRequest request =
        HttpRequest.newBuilder(node.address().resolve("/api/admin" + path))
            .timeout(Duration.ofMinutes(1))
            .header("Authorization", "Bearer " + node.adminKey().value())
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new AssertionError("the API did not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  URI address() {
    return node.address();
  }

  Node node() {
    return node;
  }

  void sql(String statement, Object... args) {
    asUser(handle -> handle.execute(statement, args));
  }

  long count(String query, Object... args) {
    return asUser(handle -> handle.select(query, args).mapTo(Long.class).one());
  }

  @Nullable String text(String query, Object... args) {
    return asUser(handle -> handle.select(query, args).mapTo(String.class).findOne()).orElse(null);
  }

  List<String> texts(String query, Object... args) {
    return asUser(handle -> handle.select(query, args).mapTo(String.class).list());
  }

  /** Under the search path that the database gives its users, and not the program's own. */
  private <T> T asUser(HandleCallback<T, RuntimeException> work) {
    return node.jdbi()
        .inTransaction(
            handle -> {
              handle.select(SearchPath.BACK).mapTo(String.class).one();
              return work.withHandle(handle);
            });
  }

  /** The lines so far. */
  List<Line> log() {
    return List.copyOf(log.lines);
  }

  /** The lines so far that hold a text. */
  List<Line> log(String part) {
    return log().stream().filter(line -> line.message().contains(part)).toList();
  }

  static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(50));
  }

  /** A line and the fields it carries beside its words. */
  record Line(String message, Map<String, String> fields) {
    Line {
      fields = Map.copyOf(fields);
    }
  }

  private static final class Log extends AppenderBase<ILoggingEvent> {
    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.millrace");
    private final @Nullable Level before = logger.getLevel();

    Log() {
      logger.setLevel(Level.INFO);
      start();
      logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
      Map<String, String> fields = new java.util.HashMap<>();
      if (event.getKeyValuePairs() != null) {
        event.getKeyValuePairs().forEach(pair -> fields.put(pair.key, String.valueOf(pair.value)));
      }
      lines.add(new Line(event.getFormattedMessage(), fields));
    }

    void close() {
      logger.detachAppender(this);
      logger.setLevel(before);
    }
  }

  @Override
  public void close() {
    node.close();
    log.close();
  }
}
