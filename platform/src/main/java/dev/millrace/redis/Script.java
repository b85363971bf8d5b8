package dev.millrace.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * A Lua script, sent whole only to a server that has not seen it. Its contract is the header of its
 * file.
 */
public final class Script {
  private final String text;
  private final String sha;

  private Script(String text) {
    this.text = text;
    this.sha = sha1(text);
  }

  /**
   * Loads {@code name.lua} from the package of {@code owner}. Fails at class loading when it is
   * missing.
   */
  public static Script of(Class<?> owner, String name) {
    try (InputStream in = owner.getResourceAsStream(name + ".lua")) {
      if (in == null) {
        throw new IllegalStateException(name + ".lua is missing beside " + owner.getName());
      }
      return new Script(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs it; what it returns is in the file's header. */
  public Object run(UnifiedJedis jedis, List<String> keys, List<String> args) {
    try {
      return jedis.evalsha(sha, keys, args);
    } catch (JedisNoScriptException e) {
      return jedis.eval(text, keys, args);
    }
  }

  /**
   * As {@link #run}, of a script that returns a number; {@code otherwise} as {@link Redis#call}.
   */
  public long number(Redis redis, List<String> keys, List<String> args, long otherwise) {
    return redis.call(jedis -> (Long) run(jedis, keys, args), otherwise);
  }

  private static String sha1(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-1", e);
    }
  }
}
