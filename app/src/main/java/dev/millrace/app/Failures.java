package dev.millrace.app;

import dev.millrace.MillraceException;
import dev.millrace.embedded.EmbeddedServiceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says in one sentence why a command ended, and with which exit code. */
final class Failures implements IExecutionExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof Refusal || e instanceof EmbeddedServiceException) {
      command.getErr().println("millrace: " + e.getMessage());
      return ExitCode.USAGE;
    }
    if (e instanceof MillraceException) {
      command.getErr().println("millrace: " + e.getMessage());
      return ExitCode.SOFTWARE;
    }
    // a defect: whoever mends it needs the trace
    log.error("a defect ended {}", command.getCommandName(), e);
    command.getErr().println("millrace: this should not have happened: " + e);
    return ExitCode.SOFTWARE;
  }
}
