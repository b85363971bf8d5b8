package dev.millrace.app.log;

import dev.millrace.text.Visible;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Where commands print. Text of others (names, errors, cells) gets there by many ways, so what
 * could control a terminal is made visible here, in one place for every command.
 */
public final class Output {
  private Output() {}

  /** Everything but line ends and tabs is made visible; flushed at each line. */
  public static Printer visible(OutputStream stream) {
    return new Printer(new VisibleWriter(writer(stream)));
  }

  /** As it is: for a screen that moves the cursor and escapes what it is given itself. */
  public static PrintWriter raw(OutputStream stream) {
    return new PrintWriter(writer(stream), true);
  }

  /** A locale that cannot write a key is answered with its bytes, as it was asked with them. */
  private static Writer writer(OutputStream stream) {
    boolean ascii = Charset.defaultCharset().equals(StandardCharsets.US_ASCII);
    return new OutputStreamWriter(
        stream, ascii ? StandardCharsets.UTF_8 : Charset.defaultCharset());
  }

  /** Prints text so that it cannot control the terminal, and nothing but our own colours can. */
  public static final class Printer extends PrintWriter {
    private final VisibleWriter visible;

    private Printer(VisibleWriter visible) {
      super(visible, true);
      this.visible = visible;
    }

    /** Switches to a colour. */
    public void colour(Colour colour) {
      control(colour.sequence());
    }

    /** Clears the screen; what is printed next begins at its top. */
    public void clearScreen() {
      control("\u001b[H\u001b[2J");
    }

    private void control(String sequence) {
      try {
        visible.control(sequence);
      } catch (IOException e) {
        setError();
      }
    }
  }

  /** Keeps the first half of a pair of surrogates until the second one comes. */
  private static final class VisibleWriter extends FilterWriter {
    private String half = "";

    VisibleWriter(Writer out) {
      super(out);
    }

    @Override
    public void write(int unit) throws IOException {
      write(String.valueOf((char) unit));
    }

    @Override
    public void write(char[] units, int offset, int length) throws IOException {
      write(new String(units, offset, length));
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
      write(text.substring(offset, offset + length));
    }

    @Override
    public void write(String text) throws IOException {
      synchronized (lock) {
        String all = half + text;
        boolean cut = !all.isEmpty() && Character.isHighSurrogate(all.charAt(all.length() - 1));
        half = cut ? all.substring(all.length() - 1) : "";
        out.write(Visible.lines(cut ? all.substring(0, all.length() - 1) : all));
      }
    }

    /** Writes a sequence of ours as it is. */
    void control(String sequence) throws IOException {
      synchronized (lock) {
        out.write(sequence);
      }
    }

    @Override
    public void close() throws IOException {
      synchronized (lock) {
        out.write(Visible.lines(half));
        half = "";
        super.close();
      }
    }
  }
}
