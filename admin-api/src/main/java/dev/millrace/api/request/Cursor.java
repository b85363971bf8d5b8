package dev.millrace.api.request;

import dev.millrace.api.problem.Problems;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where a list continues: opaque to clients, the same on every server, valid only for its list and
 * filter.
 */
public final class Cursor {
  private Cursor() {}

  /**
   * The cursor after an entry.
   *
   * @param list what the list is and how it is filtered, as text
   */
  public static String after(long id, String list) {
    String text = Long.toString(id, 36) + "." + mark(list);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** The id after which the list continues; a cursor of another list is a problem. */
  public static OptionalLong read(String cursor, String list) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
      int dot = text.indexOf('.');
      if (dot > 0 && text.substring(dot + 1).equals(mark(list))) {
        return OptionalLong.of(Long.parseLong(text.substring(0, dot), 36));
      }
    } catch (IllegalArgumentException e) {
      // falls through to the one refusal below
    }
    throw Problems.badParameter(
        "cursor", cursor, List.of("the next_cursor of a list with the same filter"));
  }

  private static String mark(String list) {
    return Integer.toString(list.hashCode() & Integer.MAX_VALUE, 36);
  }
}
