package dev.millrace.app.log;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.pattern.KeyValuePairConverter;
import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.pattern.PatternLayoutEncoderBase;
import dev.millrace.text.Visible;

/**
 * Log lines for people. A message and its values are one line, whatever names and errors it
 * contains; each further line of an exception begins with a tab, so that no text can look like a
 * line of the log. What could control the terminal is made visible everywhere.
 */
final class VisibleEncoder extends PatternLayoutEncoderBase<ILoggingEvent> {

  @Override
  public void start() {
    PatternLayout lines =
        new PatternLayout() {
          @Override
          public String doLayout(ILoggingEvent event) {
            return Visible.lines(super.doLayout(event));
          }
        };
    lines.getInstanceConverterMap().put("msg", OneLine::new);
    lines.getInstanceConverterMap().put("kvp", OneLineOfValues::new);
    lines.getInstanceConverterMap().put("ex", Indented::new);
    lines.setContext(context);
    lines.setPattern(getPattern());
    lines.start();
    layout = lines;
    super.start();
  }

  private static final class OneLine extends MessageConverter {
    @Override
    public String convert(ILoggingEvent event) {
      return Visible.line(super.convert(event));
    }
  }

  private static final class OneLineOfValues extends KeyValuePairConverter {
    @Override
    public String convert(ILoggingEvent event) {
      return Visible.line(super.convert(event));
    }
  }

  private static final class Indented extends ThrowableProxyConverter {
    @Override
    protected String throwableProxyToString(IThrowableProxy thrown) {
      return super.throwableProxyToString(thrown).replaceAll("(?m)^(?=[^\\t\\r\\n])", "\t");
    }
  }
}
