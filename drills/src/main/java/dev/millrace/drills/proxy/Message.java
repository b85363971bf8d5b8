package dev.millrace.drills.proxy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A message of Postgres' protocol 3.0
 * (https://www.postgresql.org/docs/current/protocol-message-formats.html).
 */
final class Message {
  static final char NO_TYPE = 0;
  private static final int MAX_BODY = 64 << 20;

  private final char type;
  private final byte[] body;

  private Message(char type, byte[] body) {
    this.type = type;
    this.body = body;
  }

  /** {@link #NO_TYPE} for those of the start. */
  char type() {
    return type;
  }

  /** The byte that the body begins with. */
  char first() {
    return (char) body[0];
  }

  static Message read(DataInputStream in) throws IOException {
    char type = (char) in.readUnsignedByte();
    return new Message(type, body(in));
  }

  static Message readUntyped(DataInputStream in) throws IOException {
    return new Message(NO_TYPE, body(in));
  }

  private static byte[] body(DataInputStream in) throws IOException {
    int length = in.readInt() - Integer.BYTES;
    if (length < 0 || length > MAX_BODY) {
      throw new IOException("not a message of Postgres: length " + length);
    }
    byte[] body = new byte[length];
    in.readFully(body);
    return body;
  }

  void write(DataOutputStream out) throws IOException {
    if (type != NO_TYPE) {
      out.writeByte(type);
    }
    out.writeInt(body.length + Integer.BYTES);
    out.write(body);
  }

  /** The n-th of the zero-terminated texts that the body begins with, from 0. */
  String text(int n) {
    int from = 0;
    for (int i = 0; i < n; i++) {
      from = end(from) + 1;
    }
    return new String(body, from, end(from) - from, StandardCharsets.UTF_8);
  }

  private int end(int from) {
    int at = from;
    while (at < body.length && body[at] != 0) {
      at++;
    }
    return at;
  }

  /** The four bytes that the body begins with. */
  int code() {
    return body.length < Integer.BYTES
        ? 0
        : (body[0] & 0xff) << 24
            | (body[1] & 0xff) << 16
            | (body[2] & 0xff) << 8
            | (body[3] & 0xff);
  }
}
