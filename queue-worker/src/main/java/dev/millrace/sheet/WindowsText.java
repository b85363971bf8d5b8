package dev.millrace.sheet;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.Charset;

/**
 * Whether a text that is not UTF-8 is certainly that of old Windows programs in Western Europe. All
 * single-byte encodings can be read as each other; what tells them apart is that a wrong reading
 * puts signs inside of words, or letters with accents in rows of three.
 */
final class WindowsText {
  static final Charset CHARSET = Charset.forName("windows-1252");

  /** What stands where the encoding has no character. */
  private static final char NO_CHARACTER = '\ufffd';

  /** Signs that Western texts have beside a letter, or between two. */
  private static final String SIGNS_IN_WORDS = "\u00a0\u00ad’–—…·´®°™²³»«";

  /** Signs that are more often letters of another encoding. */
  private static final String DOUBTFUL = "¤¦¨¬¯¸ƒˆ˜†‡‰";

  private static final int MOST_LETTERS_IN_A_ROW = 2;
  private static final int BUFFER = 8_192;

  private WindowsText() {}

  /**
   * @param text the whole text, read as Windows-1252
   * @throws SheetException of type {@link SheetErrorType#NOT_A_SHEET} if it may have another
   *     encoding
   */
  static void require(Reader text) throws IOException {
    char[] buffer = new char[BUFFER];
    char beforeLast = ' ';
    char last = ' ';
    int row = 0;
    for (int read = text.read(buffer); read >= 0; read = text.read(buffer)) {
      SheetException.ifInterrupted();
      for (int i = 0; i < read; i++) {
        char c = buffer[i];
        row = isForeign(c) && Character.isLetter(c) ? row + 1 : 0;
        boolean signInWord =
            isForeign(last)
                && !Character.isLetter(last)
                && SIGNS_IN_WORDS.indexOf(last) < 0
                && Character.isLetter(beforeLast)
                && Character.isLetter(c);
        boolean capitalInWord =
            isForeign(c) && c > 0xff && Character.isUpperCase(c) && Character.isLowerCase(last);
        if (c == NO_CHARACTER
            || DOUBTFUL.indexOf(c) >= 0
            || row > MOST_LETTERS_IN_A_ROW
            || signInWord
            || capitalInWord) {
          throw SheetException.notASheet(
              "the CSV is neither UTF-8 nor with certainty Windows-1252; save it as UTF-8");
        }
        beforeLast = last;
        last = c;
      }
    }
  }

  private static boolean isForeign(char c) {
    return c >= 0x80;
  }
}
