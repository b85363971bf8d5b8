package dev.millrace.app;

import dev.millrace.MillraceException;
import dev.millrace.app.error.UserError;
import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.UsedUp;
import dev.millrace.text.Visible;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Says in one sentence why a command ended, and with which exit code. */
final class CommandErrors implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(CommandErrors.class);

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof UserError || e instanceof EmbeddedServiceException) {
      command.getErr().println("millrace: " + e.getMessage());
      return ExitCode.USAGE;
    }
    if (e instanceof MillraceException) {
      command.getErr().println("millrace: " + e.getMessage());
      return ExitCode.SOFTWARE;
    }
    Optional<String> limit = UsedUp.of(e);
    if (limit.isPresent()) {
      command.getErr().println("millrace: " + command.getCommandName() + " ended: " + limit.get());
      return ExitCode.USAGE;
    }
    // a defect: whoever mends it needs the trace
    log.error("a defect ended {}", command.getCommandName(), e);
    command.getErr().println("millrace: this should not have happened: " + e);
    return ExitCode.SOFTWARE;
  }

  /** What was written at the command line means nothing; where there are commands, shows them. */
  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println("millrace: " + Visible.line(String.valueOf(e.getMessage())));
    if (command.getSubcommands().isEmpty()) {
      command.getErr().println("`" + name + " --help` says what can be written here");
    } else {
      command.usage(command.getErr());
    }
    return ExitCode.USAGE;
  }
}
