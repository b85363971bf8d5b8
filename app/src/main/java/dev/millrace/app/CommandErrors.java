package dev.millrace.app;

import dev.millrace.MillraceException;
import dev.millrace.app.error.UserError;
import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.UsedUp;
import dev.millrace.text.Visible;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Prints in one sentence why a command ended and returns its exit code. */
final class CommandErrors implements IExecutionExceptionHandler, IParameterExceptionHandler {
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
    // a defect: its report needs the stack trace
    LoggerFactory.getLogger(CommandErrors.class)
        .error("a defect ended {}", command.getCommandName(), e);
    command.getErr().println("millrace: unexpected error:  " + e);
    return ExitCode.SOFTWARE;
  }

  /** The command line is invalid; a command that does nothing without a subcommand lists them. */
  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println("millrace: " + Visible.line(String.valueOf(e.getMessage())));
    if (command.getSubcommands().isEmpty() || command.getCommand() instanceof Callable) {
      command.getErr().println("`" + name + " --help` lists what is allowed");
    } else {
      command.usage(command.getErr());
    }
    return ExitCode.USAGE;
  }
}
