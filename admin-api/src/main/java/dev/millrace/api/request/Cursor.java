package dev.millrace.api.request;

import dev.millrace.api.problem.Problems;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

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
    return afterText(Long.toString(id, 36), list);
  }

  /** As {@link #after}, for entries whose place in the list is a text. */
  public static String afterText(String place, String list) {
    String text = mark(list) + "." + place;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The id after which the list continues; a cursor of another list is a problem. */
  public static OptionalLong read(String cursor, String list) {
    return OptionalLong.of(readPlace(cursor, list, place -> Long.parseLong(place, 36)));
  }

  /**
   * As {@link #read}, for a place that is a text.
   *
   * @param parse throws an {@link IllegalArgumentException} at a text that is no place
   */
  public static <T> T readPlace(String cursor, String list, Function<String, T> parse) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      String mark = mark(list) + ".";
      if (text.startsWith(mark)) {
        return parse.apply(text.substring(mark.length()));
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
