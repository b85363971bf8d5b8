package dev.millrace.app.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends log lines to one place: short lines for people, or with {@code MILLRACE_LOG=json} one JSON
 * object a line for machines.
 */
public final class Logging {
  private static final String LINE =
      "%d{HH:mm:ss.SSS} %-5level %-18.18logger{0} %msg %kvp{NONE}%n%ex{6}";
  private static final String LINE_WITH_DATE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level [%thread] %logger{0} %msg %kvp{NONE}%n%ex";

  /** Loggers that write too much at INFO. */
  private static final List<String> NOISE =
      List.of(
          "org.quartz",
          "org.redisson",
          "com.zaxxer.hikari",
          "org.flywaydb",
          "org.eclipse.jetty",
          "io.javalin",
          "io.netty",
          "redis.clients");

  private Logging() {}

  /**
   * For commands that only print an answer: warnings, to stderr. Nothing is set up until something
   * is logged, since most commands log nothing and are over sooner.
   */
  public static void quiet(Map<String, String> environment) {
    QuietAtFirst.with(context -> apply(context, Level.WARN, console(), encoder(environment, LINE)));
  }

  /** For processes that serve: to stderr. */
  public static void toTerminal(Map<String, String> environment) {
    apply(Level.INFO, console(), encoder(environment, LINE));
  }

  /** For a terminal that shows something else: appended to a file. */
  public static void toFile(Map<String, String> environment, Path file) {
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(file.toString());
    apply(Level.INFO, appender, encoder(environment, LINE_WITH_DATE));
  }

  private static ConsoleAppender<ILoggingEvent> console() {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setTarget("System.err");
    return appender;
  }

  /** What the environment asks for, as at the terminal; started. */
  static Encoder<ILoggingEvent> lines(LoggerContext context, Map<String, String> environment) {
    Encoder<ILoggingEvent> encoder = encoder(environment, LINE);
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> encoder(Map<String, String> environment, String pattern) {
    if ("json".equals(environment.get("MILLRACE_LOG"))) {
      return new VisibleJsonEncoder();
    }
    VisibleEncoder encoder = new VisibleEncoder();
    encoder.setPattern(pattern);
    return encoder;
  }

  private static void apply(
      Level level, OutputStreamAppender<ILoggingEvent> appender, Encoder<ILoggingEvent> encoder) {
    apply((LoggerContext) LoggerFactory.getILoggerFactory(), level, appender, encoder);
  }

  private static void apply(
      LoggerContext context,
      Level level,
      OutputStreamAppender<ILoggingEvent> appender,
      Encoder<ILoggingEvent> encoder) {
    context.reset();
    encoder.setContext(context);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(level);
    root.addAppender(appender);
    NOISE.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
  }
}
