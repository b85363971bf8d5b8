package dev.millrace.app.log;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

/** What the log looks like, by the encoders of the product. */
public final class EncodedLog {
  private final Logger logger;
  private final Encoder<ILoggingEvent> encoder;
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  /** Lines for people, or with {@code MILLRACE_LOG=json} those for programs. */
  public EncodedLog(LoggerContext context, Map<String, String> environment) {
    logger = context.getLogger(EncodedLog.class);
    encoder = Logging.lines(context, environment);
    events.setContext(context);
    events.start();
    logger.addAppender(events);
  }

  /** The text of what is logged. */
  public String of(Consumer<org.slf4j.Logger> logs) {
    logs.accept(logger);
    StringBuilder text = new StringBuilder();
    events.list.forEach(
        event -> text.append(new String(encoder.encode(event), StandardCharsets.UTF_8)));
    events.list.clear();
    return text.toString();
  }
}
