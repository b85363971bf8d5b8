package dev.millrace.drills.testbed;

import dev.millrace.drills.DrillException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The client's own account of what was acknowledged to it: one job id per line, on disk before the
 * client goes on. Thread-safe.
 */
final class Ledger implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private long acknowledged;

  Ledger(Path file) {
    this.file = file;
    try {
      this.channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new DrillException("the ledger cannot be written", e);
    }
  }

  synchronized void acknowledged(List<Long> jobIds) {
    String lines = jobIds.stream().map(id -> id + "\n").collect(Collectors.joining());
    try {
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(lines);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    } catch (IOException e) {
      throw new DrillException("the ledger cannot be written", e);
    }
    acknowledged += jobIds.size();
  }

  synchronized long count() {
    return acknowledged;
  }

  /** What stands in the file. */
  List<Long> read() {
    try {
      return Files.readAllLines(file).stream().map(Long::valueOf).toList();
    } catch (IOException e) {
      throw new DrillException("the ledger cannot be read", e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new DrillException("the ledger cannot be closed", e);
    }
  }
}
