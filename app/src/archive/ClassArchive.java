import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes the class archive of the short commands: runs some of them, notes which classes they load,
 * and has the JVM write these as it has them after loading. Run from its source by the script
 * {@code millrace} after a build:
 *
 * <pre>java ClassArchive.java JAVA JAR ARCHIVE</pre>
 *
 * <p>Exit code 0: the archive is there. A static archive, because those of one run
 * (-XX:ArchiveClassesAtExit) leave out what was compiled for Java 5, such as picocli.
 */
final class ClassArchive {
  /** An answer with one of each: what a command loads, it loads to show an answer. */
  private static final String STATUS =
      """
      {"as_of": "2026-01-01T00:00:00Z", "degraded": [], "troubles": [], "unserved": [],
       "ingestion": {"sync_state": "processing_suppliers", "progress": {"current": 1, "total": 2},
         "last_sync_at": "2026-01-01T00:00:00Z", "next_scheduled_at": null},
       "scheduler": {"state": "running", "leader": "a", "nodes": [
         {"node": "a", "last_checkin_at": "2026-01-01T00:00:00Z", "clock_skew_ms": 1}]},
       "jobs": {"counts": {"queued": 1}, "at_least": ["completed"], "list": []},
       "background_workers": [{"worker_key": "a", "enabled": true,
         "last_run_at": "2026-01-01T00:00:00Z", "paused_reason": "b"}],
       "views": [{"view_name": "a", "status": "FRESH", "duration_ms": 5,
         "last_refresh_at": "2026-01-01T00:00:00Z"}],
       "queue_workers": [{"worker_id": "a", "state": "running", "running": 1,
         "heartbeat_at": "2026-01-01T00:00:00Z"}],
       "running_jobs": [{"id": "1", "kind": "a", "state": "processing", "attempt": 1,
         "progress": {"current": 1, "total": 2}}]}
      """;

  private static final List<List<String>> COMMANDS =
      List.of(List.of("status"), List.of("jobs"), List.of("--help"));

  private ClassArchive() {}

  public static void main(String[] args) throws Exception {
    String java = args[0];
    String jar = args[1];
    Path archive = Path.of(args[2]);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = STATUS.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    Path list = Files.createTempFile("millrace-classes", ".txt");
    try {
      Set<String> loaded = new LinkedHashSet<>();
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      for (List<String> command : COMMANDS) {
        Files.deleteIfExists(list);
        List<String> all = new ArrayList<>(command);
        if (!all.contains("--help")) {
          all.addAll(List.of("--url", url));
        }
        run(java, List.of("-XX:DumpLoadedClassList=" + list), jar, all);
        loaded.addAll(Files.readAllLines(list));
      }
      Files.write(list, loaded);
      run(
          java,
          List.of(
              "-Xshare:dump", "-XX:SharedClassListFile=" + list, "-XX:SharedArchiveFile=" + archive),
          jar,
          List.of());
    } finally {
      Files.deleteIfExists(list);
      server.stop(0);
    }
  }

  private static void run(String java, List<String> options, String jar, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command =
        Stream.of(List.of(java), options, List.of("-jar", jar), arguments)
            .flatMap(List::stream)
            .toList();
    ProcessBuilder process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    process.environment().put("MILLRACE_ADMIN_KEY", "of-no-installation");
    process.environment().keySet().removeAll(List.of("MILLRACE_PROFILE", "JAVA_TOOL_OPTIONS"));
    int code = process.start().waitFor();
    if (code != 0) {
      throw new IOException("exit code " + code + " of " + String.join(" ", command));
    }
  }
}
