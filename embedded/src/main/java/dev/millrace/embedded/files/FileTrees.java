package dev.millrace.embedded.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Directories that appear whole or not at all. */
public final class FileTrees {
  private FileTrees() {}

  public interface FileAction {
    void accept(Path file) throws IOException;
  }

  /** Visits the files in a directory before the directory; symbolic links are not followed. */
  public static void forEachBottomUp(Path top, FileAction action) throws IOException {
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            action.accept(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            action.accept(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /**
   * Also where the path leads over a symbolic link to a directory, which the JDK's own turns down.
   */
  static void makeDirectories(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory);
    }
  }

  public static void delete(Path top) throws IOException {
    if (Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
      forEachBottomUp(top, Files::deleteIfExists);
    }
  }

  /** What earlier attempts left; the caller holds a lock that keeps others from making one now. */
  public static List<Path> leftUnfinished(Path target) throws IOException {
    var found = new ArrayList<Path>();
    try (var unfinished =
        Files.newDirectoryStream(parent(target), unfinishedPrefix(target) + "*")) {
      unfinished.forEach(found::add);
    }
    return found;
  }

  /** A new directory beside the target, to be filled and then {@link #publish}ed. */
  public static Path unfinished(Path target) throws IOException {
    return Files.createTempDirectory(parent(target), unfinishedPrefix(target));
  }

  /**
   * Renames it to the target. What is in it must have been flushed; the new name is flushed here.
   */
  public static void publish(Path unfinished, Path target) throws IOException {
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    flush(parent(target));
  }

  /**
   * Writes a file or the entries of a directory through to the disk; a link is one of its
   * directory's entries.
   */
  static void flush(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      return;
    }
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static String unfinishedPrefix(Path target) {
    return target.getFileName() + ".unfinished-";
  }

  private static Path parent(Path target) {
    return target.resolveSibling(".").normalize();
  }
}
