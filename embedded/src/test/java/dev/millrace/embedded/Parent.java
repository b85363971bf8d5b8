package dev.millrace.embedded;

import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.embedded.redis.EmbeddedRedis;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Another JVM that runs both services in a data directory, there to be killed. */
public final class Parent implements AutoCloseable {
  private final ChildProcess jvm;
  private final BufferedReader output;

  private Parent(ChildProcess jvm) {
    this.jvm = jvm;
    this.output = jvm.output();
  }

  /**
   * The program of that JVM: prints the pids of Postgres and Redis, or why they did not start, and
   * lives until killed.
   */
  public static void main(String[] arguments) throws IOException {
    var dataDir = Path.of(arguments[0]);
    try {
      var postgres = EmbeddedPostgres.start(dataDir);
      var redis = EmbeddedRedis.start(dataDir);
      System.out.println(postgres.pid() + " " + redis.pid());
      System.in.read();
    } catch (EmbeddedServiceException e) {
      System.out.println(e.getMessage());
    }
  }

  public static Parent start(Path dataDir) throws IOException {
    return start(dataDir, Map.of());
  }

  public static Parent start(Path dataDir, Map<String, String> environment) throws IOException {
    List<String> command = ChildProcess.jvm(List.of(), Parent.class, List.of(dataDir.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    return new Parent(ChildProcess.start("the parent", builder));
  }

  /** What it has to say, once it says it. */
  public String says() throws IOException {
    return output.readLine();
  }

  /** Its Postgres and its Redis, once both answer. */
  public List<ProcessHandle> services() throws IOException {
    return List.of(says().split(" ")).stream()
        .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
        .toList();
  }

  /** False also for one that ended and was not yet waited for by its parent. */
  public static boolean runs(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc", "" + process.pid(), "stat"));
      return process.isAlive() && !stat.contains(") Z ");
    } catch (IOException ended) {
      return false;
    }
  }

  /** {@code kill -9}. */
  public void kill() {
    jvm.close();
  }

  @Override
  public void close() {
    kill();
  }
}
