package dev.millrace.embedded.redis;

import dev.millrace.embedded.files.Layout;
import dev.millrace.embedded.files.Passwords;
import dev.millrace.embedded.process.OsUser;
import dev.millrace.embedded.process.Ports;
import dev.millrace.embedded.process.ServiceKind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** How a Redis is prepared, run and asked. */
final class RedisKind implements ServiceKind {
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final String CONFIGURATION = "redis.conf";
  private static final String READY = "+OK\r\n+PONG\r\n";

  private final Layout layout;
  private final EmbeddedRedis.Options options;
  private final Login login;

  /**
   * The users that may log in.
   *
   * @param password of {@code millrace}
   * @param adminPassword of {@code admin}, which only this class uses
   */
  record Login(String password, String adminPassword) {
    @Override
    public String toString() {
      return "***";
    }
  }

  RedisKind(Layout layout, EmbeddedRedis.Options options, Login login) {
    this.layout = layout;
    this.options = options;
    this.login = login;
  }

  @Override
  public String title() {
    return "Redis";
  }

  @Override
  public Set<String> processNames() {
    return Set.of(RedisProgram.NAME, RedisProgram.VALKEY);
  }

  @Override
  public List<String> stopSignals() {
    return List.of("TERM");
  }

  @Override
  public List<String> prepare(int port) throws IOException {
    var osUser = OsUser.forServices();
    osUser.ownDirectory(layout.serviceDir());
    RedisProgram program = RedisProgram.provide(layout.dataDir(), osUser);
    var lines = new ArrayList<String>();
    lines.add("# Rewritten at each start.");
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
    if (!watches() && configured("user default ").isEmpty()) {
      lines.add("user default off");
    }
    lines.add("user admin on #%s ~* &* +@all".formatted(Passwords.sha256(login.adminPassword())));
    lines.add(
        "user millrace on #%s ~* &* %s"
            .formatted(Passwords.sha256(login.password()), rules(program)));
    lines.addAll(options.configuration());
    osUser.write(layout.serviceDir().resolve(CONFIGURATION), String.join("\n", lines) + "\n");
    List<String> command = new ArrayList<>();
    command.add(program.path().toString());
    command.add(OsUser.HERE.resolve(CONFIGURATION).toString());
    if (watches()) {
      command.add("--sentinel");
    }
    return osUser.command(command);
  }

  /**
   * Whether it is a sentinel, which keeps no data, writes its configuration itself, and has no
   * accounts.
   */
  private boolean watches() {
    return !configured("sentinel ").isEmpty();
  }

  private List<String> configured(String start) {
    return options.configuration().stream().filter(line -> line.startsWith(start)).toList();
  }

  /**
   * What the account of Millrace may do: all with its keys, scripts and messages; nothing with the
   * server: no CONFIG, MODULE, DEBUG, REPLICAOF, SAVE, SHUTDOWN, ACL, FLUSHALL, KEYS or MONITOR.
   */
  private String rules(RedisProgram program) {
    if (options.allCommands()) {
      return "+@all";
    }
    String setInfo = program.isAtLeast(7, 2) ? " +client|setinfo" : "";
    return "+@all -@admin -@dangerous +info +client|setname +client|getname +client|id" + setInfo;
  }

  @Override
  public boolean answers(int port) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(Ports.loopback(), port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket
          .getOutputStream()
          .write(
              "AUTH admin %s\r\nPING\r\n"
                  .formatted(login.adminPassword())
                  .getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readNBytes(READY.length()), StandardCharsets.US_ASCII);
      return answer.equals(READY);
    } catch (ConnectException | SocketTimeoutException notYet) {
      return false;
    }
  }
}
