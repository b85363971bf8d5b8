package dev.millrace.app.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What logback asks when something is logged for the first time. In a process that is not the
 * command, such as one that Millrace is embedded in, it leaves the answer to others.
 */
public final class QuietAtFirst extends ContextAwareBase implements Configurator {
  private static volatile Optional<Consumer<LoggerContext>> setUp = Optional.empty();

  static void with(Consumer<LoggerContext> how) {
    setUp = Optional.of(how);
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    setUp.ifPresent(how -> how.accept(context));
    return setUp.isPresent()
        ? ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY
        : ExecutionStatus.INVOKE_NEXT_IF_ANY;
  }
}
