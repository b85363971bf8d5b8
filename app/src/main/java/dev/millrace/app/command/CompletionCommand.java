package dev.millrace.app.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what makes a shell complete the command. */
@Command(
    name = "completion",
    description = "Prints a script that makes bash or zsh complete this command.",
    mixinStandardHelpOptions = true,
    exitCodeList = {"0:done", "2:the command line is wrong"})
public final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    CommandLine millrace = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash(millrace.getCommandName(), millrace));
    out.flush();
    return 0;
  }
}
