package dev.millrace.api.request;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Lists of entity tags as RFC 9110 §8.8.3 and §13.1 have them: {@code W/"a", "b"} or {@code *}. */
public final class EntityTags {
  private static final Pattern TAG = Pattern.compile("(W/)?(\"[^\"]*\")");

  private EntityTags() {}

  /**
   * Whether {@code If-None-Match} names the tag; weak and strong tags of the same text are equal.
   *
   * @param header null: not sent
   */
  public static boolean namesWeakly(@Nullable String header, String tag) {
    return names(header, tag, true);
  }

  /** Whether {@code If-Match} names the tag; a weak tag never is. */
  public static boolean namesStrongly(@Nullable String header, String tag) {
    return names(header, tag, false);
  }

  private static boolean names(@Nullable String header, String tag, boolean weakToo) {
    if (header == null) {
      return false;
    }
    if (header.strip().equals("*")) {
      return true;
    }
    String opaque = tag.startsWith("W/") ? tag.substring(2) : tag;
    Matcher tags = TAG.matcher(header);
    while (tags.find()) {
      if (tags.group(2).equals(opaque) && (weakToo || tags.group(1) == null)) {
        return true;
      }
    }
    return false;
  }
}
