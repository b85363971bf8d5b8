package dev.millrace.embedded.files;

import dev.millrace.embedded.EmbeddedServiceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file lock that lasts as long as this JVM lives and has not released it; the file names the
 * holder.
 */
public final class DirectoryLock implements AutoCloseable {
  // Closing any channel of a locked file releases the lock of the whole JVM, so a second attempt in
  // this JVM must be turned
  // down before it opens the file.
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private DirectoryLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes it without waiting.
   *
   * @throws EmbeddedServiceException if a running process holds it
   */
  public static DirectoryLock take(Layout layout) {
    Path file = layout.lock();
    if (!HELD_HERE.add(file)) {
      throw inUse(layout, ProcessHandle.current().pid() + " (this one)");
    }
    try {
      return new DirectoryLock(file, lockedChannel(layout));
    } catch (IOException e) {
      HELD_HERE.remove(file);
      throw layout.unusable(e);
    } catch (RuntimeException e) {
      HELD_HERE.remove(file);
      throw e;
    }
  }

  private static FileChannel lockedChannel(Layout layout) throws IOException {
    TrustedPlace.makePrivateFile(layout.lock());
    var channel =
        FileChannel.open(layout.lock(), StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        throw inUse(layout, holder(channel));
      }
      channel.truncate(0);
      channel.write(StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"));
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    var text = ByteBuffer.allocate(32);
    channel.read(text, 0);
    return StandardCharsets.US_ASCII.decode(text.flip()).toString().strip();
  }

  private static EmbeddedServiceException inUse(Layout layout, String holder) {
    return new EmbeddedServiceException(
        "data directory %s is in use: process %s already runs %s there"
            .formatted(layout.dataDir(), holder, layout.name()));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new EmbeddedServiceException("lock file %s could not be closed".formatted(file), e);
    } finally {
      HELD_HERE.remove(file);
    }
  }
}
