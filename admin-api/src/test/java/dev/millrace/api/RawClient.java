package dev.millrace.api;

import dev.millrace.api.contract.Contract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection whose bytes a test writes itself, also those that no client would send. */
final class RawClient implements AutoCloseable {
  final Socket socket;
  private final StringBuilder sent = new StringBuilder();

  RawClient(int port) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(20_000);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot connect", e);
    }
  }

  RawClient send(String text) {
    sent.append(text);
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot send", e);
    }
  }

  /** Nothing more will be sent. */
  RawClient end() {
    try {
      socket.shutdownOutput();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot end", e);
    }
  }

  /**
   * All that comes until the server closes the connection: the answer to the one request that was
   * sent, checked against {@code openapi.yaml}; empty when there is none.
   */
  String rest() {
    try {
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!answer.isEmpty()) {
        Contract.checkRaw(sent.toString(), answer);
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException("the server did not answer", e);
    }
  }

  /** One line, without its end; empty at the end of the stream. */
  String line() {
    try {
      StringBuilder line = new StringBuilder();
      for (int next = socket.getInputStream().read();
          next >= 0 && next != '\n';
          next = socket.getInputStream().read()) {
        line.append((char) next);
      }
      return line.toString().stripTrailing();
    } catch (IOException e) {
      throw new UncheckedIOException("the server did not answer", e);
    }
  }

  void skipHeaders() {
    String line = line();
    while (!line.isEmpty()) {
      line = line();
    }
  }

  /** A text of the given number of ASCII characters. */
  String text(int length) {
    try {
      return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException("the server did not answer", e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close", e);
    }
  }
}
