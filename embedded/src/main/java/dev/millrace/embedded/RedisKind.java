package dev.millrace.embedded;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a Redis is prepared, run and asked. */
final class RedisKind implements ServiceKind {
  private static final int TIMEOUT_MILLIS = 5_000;

  private final Layout layout;
  private final List<String> configuration;

  RedisKind(Layout layout, List<String> configuration) {
    this.layout = layout;
    this.configuration = configuration;
  }

  @Override
  public String title() {
    return "Redis";
  }

  @Override
  public String processName() {
    return RedisProgram.NAME;
  }

  @Override
  public List<String> stopSignals() {
    return List.of("TERM");
  }

  @Override
  public List<String> prepare(int port) throws IOException {
    Files.createDirectories(layout.serviceDir());
    var lines = new ArrayList<String>();
    lines.add("# Written anew at each start.");
    lines.add("bind 127.0.0.1");
    lines.add("port " + port);
    lines.add("protected-mode yes");
    lines.add("daemonize no");
    // Relative to the working directory, which needs no quoting.
    lines.add("dir .");
    if (!watches()) {
      lines.add("save \"\"");
      lines.add("appendonly no");
    }
    lines.addAll(configuration);
    Path file = Files.write(layout.serviceDir().resolve("redis.conf"), lines);
    List<String> command = new ArrayList<>();
    command.add(RedisProgram.provide(layout.dataDir()).toString());
    command.add(file.toString());
    if (watches()) {
      command.add("--sentinel");
    }
    return command;
  }

  /** Whether it is a sentinel, which keeps no data and writes its configuration itself. */
  private boolean watches() {
    return configuration.stream().anyMatch(line -> line.startsWith("sentinel "));
  }

  @Override
  public boolean answers(int port) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(Ports.loopback(), port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
      // A server that was given a password wants it even for this.
      return answer.equals("+PONG") || answer.equals("-NOAU");
    } catch (ConnectException | SocketTimeoutException notYet) {
      return false;
    }
  }
}
