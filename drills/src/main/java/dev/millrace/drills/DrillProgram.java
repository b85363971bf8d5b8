package dev.millrace.drills;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import dev.millrace.MillraceException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** {@code millrace drill}: a program of its own, so that the product does not carry it. */
public final class DrillProgram {
  private static final String LINE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level [%thread] %logger{0} %msg %kvp{NONE}%n%ex";

  private DrillProgram() {}

  /** Carries out the command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    log(Level.WARN, toStandardError());
    System.exit(
        new CommandLine(new Drill(file -> log(Level.INFO, toFile(file))))
            .setCommandName("millrace drill")
            .setExecutionExceptionHandler(DrillProgram::failed)
            .execute(arguments));
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (e instanceof MillraceException) {
      command.getErr().println("millrace drill: " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    throw e; // a defect: picocli shows its trace
  }

  private static OutputStreamAppender<ILoggingEvent> toStandardError() {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setTarget("System.err");
    return console;
  }

  private static OutputStreamAppender<ILoggingEvent> toFile(Path file) {
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(file.toString());
    return appender;
  }

  private static void log(Level level, OutputStreamAppender<ILoggingEvent> appender) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setPattern(LINE);
    encoder.setContext(context);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(level);
    root.addAppender(appender);
    for (String noise :
        new String[] {
          "org.quartz",
          "org.redisson",
          "com.zaxxer.hikari",
          "org.flywaydb",
          "io.netty",
          "redis.clients"
        }) {
      context.getLogger(noise).setLevel(Level.WARN);
    }
  }
}
