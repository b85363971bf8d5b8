package dev.millrace.api.request;

import io.javalin.http.Context;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Entity tags, and lists of them as RFC 9110 §8.8.3 and §13.1 have them: {@code W/"a", "b"} or
 * {@code *}.
 */
public final class EntityTags {
  private static final Pattern TAG = Pattern.compile("(W/)?(\"[^\"]*\")");

  private static final int TAG_BYTES = 12;

  private EntityTags() {}

  /** A weak tag of a content: the bytes that are sent may be compressed. */
  public static String weak(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return "W/\""
          + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, TAG_BYTES))
          + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /**
   * Gives an answer its tag, and has clients revalidate their copy before each use.
   *
   * @return whether the client has it already: then the answer is a 304
   */
  public static boolean isKnown(Context ctx, String tag) {
    ctx.header("ETag", tag).header("Cache-Control", "private, no-cache");
    boolean known = namesWeakly(ctx.header("If-None-Match"), tag);
    if (known) {
      ctx.status(304);
    }
    return known;
  }

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
