package dev.millrace.app.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.millrace.text.Visible;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import net.logstash.logback.encoder.LogstashEncoder;

/**
 * One JSON object a line. What could control a terminal that shows the log is escaped inside the
 * strings; a program that parses the line reads the same values.
 */
final class VisibleJsonEncoder extends LogstashEncoder {

  @Override
  public byte[] encode(ILoggingEvent event) {
    return visible(super.encode(event));
  }

  @Override
  public void encode(ILoggingEvent event, OutputStream stream) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    super.encode(event, line);
    stream.write(visible(line.toByteArray()));
  }

  /** Outside of strings a line has nothing that is escaped but its end, which stays. */
  private static byte[] visible(byte[] line) {
    return Visible.lines(new String(line, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
  }
}
