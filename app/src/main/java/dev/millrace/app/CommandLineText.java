package dev.millrace.app;

import dev.millrace.app.error.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Arguments and environment as the bytes of UTF-8 that the shell passed. Where the locale is
 * another one, such as {@code LC_ALL=C}, the JVM has already replaced what it could not read, so
 * that different keys become one; Linux still has the bytes.
 *
 * <p>A variable of another program that is not UTF-8 stays as the JVM read it.
 *
 * @param commandLine the arguments, each ended by a zero byte
 * @param environment the variables, each ended by a zero byte
 */
record CommandLineText(Path commandLine, Path environment) {
  private static final CommandLineText OF_THIS_PROCESS =
      new CommandLineText(Path.of("/proc/self/cmdline"), Path.of("/proc/self/environ"));

  /** Whether the JVM itself reads arguments and environment as UTF-8. */
  static boolean isUtf8() {
    return StandardCharsets.UTF_8.name().equals(System.getProperty("sun.jnu.encoding"))
        && Charset.defaultCharset().equals(StandardCharsets.UTF_8);
  }

  static CommandLineText ofThisProcess() {
    return OF_THIS_PROCESS;
  }

  /**
   * The arguments as they were given.
   *
   * @param read what the JVM made of them
   * @throws UserError when one of them is not UTF-8, or cannot be read again
   */
  String[] arguments(String... read) {
    if (isAscii(List.of(read))) {
      return read;
    }
    List<byte[]> all = parts(commandLine, "the arguments");
    int first = all.size() - read.length;
    if (first < 0) {
      throw new UserError(
          "the arguments hold letters that this locale cannot write: set LC_ALL to a locale with UTF-8, such as C.UTF-8");
    }
    String[] arguments = new String[read.length];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = decoded(all.get(first + i), "argument " + (i + 1));
    }
    return arguments;
  }

  /**
   * The environment as it was given.
   *
   * @param read what the JVM made of it
   * @throws UserError when the value of a Millrace variable is not UTF-8, or cannot be read again
   */
  Map<String, String> environment(Map<String, String> read) {
    if (isAscii(read.values())) {
      return read;
    }
    Map<String, String> variables = new LinkedHashMap<>(read);
    for (byte[] part : parts(environment, "the environment")) {
      String latin = new String(part, StandardCharsets.ISO_8859_1);
      int equals = latin.indexOf('=', 1);
      String name = equals < 0 ? latin : latin.substring(0, equals);
      if (equals > 0 && !isAscii(List.of(variables.getOrDefault(name, "")))) {
        byte[] value = new byte[part.length - equals - 1];
        System.arraycopy(part, equals + 1, value, 0, value.length);
        variables.put(name, decoded(value, "the variable " + name));
      }
    }
    return variables;
  }

  /** A replaced letter is U+FFFD, or a question mark where the launcher had no other. */
  private static boolean isAscii(Iterable<String> texts) {
    for (String text : texts) {
      if (text.chars().anyMatch(letter -> letter > 126 || letter == '?')) {
        return false;
      }
    }
    return true;
  }

  private static List<byte[]> parts(Path file, String what) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UserError(
          what
              + " hold letters that this locale cannot write: set LC_ALL to a locale with UTF-8, such as C.UTF-8",
          e);
    }
    List<byte[]> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        byte[] part = new byte[i - start];
        System.arraycopy(bytes, start, part, 0, part.length);
        parts.add(part);
        start = i + 1;
      }
    }
    return parts;
  }

  private static String decoded(byte[] bytes, String what) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new UserError(what + " is not UTF-8; nothing was done", e);
    }
  }
}
