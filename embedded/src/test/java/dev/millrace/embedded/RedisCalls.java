package dev.millrace.embedded;

import dev.millrace.embedded.process.Ports;
import dev.millrace.embedded.redis.EmbeddedRedis;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One command on a connection of its own. */
public final class RedisCalls {
  private RedisCalls() {}

  /** The first line of the answer, or the text itself if the answer is a text. */
  public static String call(EmbeddedRedis redis, String command) throws IOException {
    try (var socket = new Socket(Ports.loopback(), redis.port());
        var answer =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      String password = redis.url().replaceFirst(".*:(.*)@.*", "$1");
      String text = "AUTH millrace " + password + "\r\n" + command + "\r\n";
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      if (!"+OK".equals(answer.readLine())) {
        throw new IOException("Redis does not take the password");
      }
      String line = answer.readLine();
      return line.startsWith("$") && !line.equals("$-1") ? answer.readLine() : line;
    }
  }
}
