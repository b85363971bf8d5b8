package dev.millrace.embedded.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Programs that travel in a jar, unpacked once per content into the first of several places that
 * can be used. Starters on the same machine wait for each other; a finished copy never changes.
 */
public final class BinaryCache {
  private static final Logger LOG = LoggerFactory.getLogger(BinaryCache.class);
  // File locks are per JVM: within it, threads take turns here.
  private static final Object TURN = new Object();

  private static final Path MACHINE = Path.of("/var/cache/millrace");

  private final List<Path> places;

  private BinaryCache(List<Path> places) {
    this.places = places;
  }

  /**
   * The user's cache; for root the machine's, as the account that runs the programs cannot enter
   * root's home; then {@code cache/} in the data directory.
   */
  public static BinaryCache preferringUserCache(Path dataDir) throws IOException {
    Stream<Path> machine = TrustedPlace.self() == 0 ? Stream.of(MACHINE) : Stream.of();
    return new BinaryCache(
        Stream.of(userCache().stream(), machine, Stream.of(dataDir.resolve("cache")))
            .flatMap(places -> places)
            .toList());
  }

  /** Empty for an account without a home. */
  private static Optional<Path> userCache() {
    return Stream.of(
            Optional.ofNullable(System.getenv("XDG_CACHE_HOME")).map(Path::of),
            Optional.of(Path.of(System.getProperty("user.home"), ".cache")))
        .flatMap(Optional::stream)
        .filter(Path::isAbsolute)
        .map(cache -> cache.resolve("millrace"))
        .findFirst();
  }

  /**
   * Unpacks the resource unless that was done before.
   *
   * @param name the copy is called {@code name-checksum}
   * @param resource absolute name of a resource on the class path
   * @param usable whether programs in this (existing) place can be run by whom they are for
   * @return the directory the unpacker filled, now or earlier
   */
  public Path provide(String name, String resource, Predicate<Path> usable, Unpacker unpacker)
      throws IOException {
    URL source = BinaryCache.class.getResource(resource);
    if (source == null) {
      throw new FileNotFoundException(resource + " is missing from the class path");
    }
    String copy = "%s-%08x".formatted(name, checksum(source));
    IOException failure = new IOException("no place for programs can be used: " + places);
    for (Path place : places) {
      try {
        FileTrees.makeDirectories(place);
        if (!TrustedPlace.isTrusted(place)) {
          LOG.warn("{} is not used for programs: other accounts can change it", place);
        } else if (usable.test(place)) {
          return provideIn(place.toRealPath().resolve(copy), source, unpacker);
        }
      } catch (IOException e) {
        LOG.debug("{} cannot hold programs", place, e);
        failure = e;
      }
    }
    throw failure;
  }

  private static Path provideIn(Path target, URL source, Unpacker unpacker) throws IOException {
    TrustedPlace.checkEntry(target, nobodyElse -> false);
    if (Files.isDirectory(target)) {
      return target;
    }
    synchronized (TURN) {
      try (var channel =
              FileChannel.open(
                  target.resolveSibling(target.getFileName() + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          var lock = channel.lock()) {
        LOG.trace("{} taken", lock);
        if (!Files.isDirectory(target)) {
          unpack(target, source, unpacker);
        }
      }
    }
    return target;
  }

  private static void unpack(Path target, URL source, Unpacker unpacker) throws IOException {
    LOG.info("unpacking {}", target);
    for (Path left : FileTrees.leftUnfinished(target)) {
      FileTrees.delete(left);
    }
    Path unfinished = FileTrees.unfinished(target);
    try (InputStream in = source.openStream()) {
      unpacker.unpack(in, unfinished);
    }
    // A directory made as temporary is readable by its owner only, but another account may run the
    // programs.
    Files.setPosixFilePermissions(unfinished, Permissions.PROGRAM);
    FileTrees.forEachBottomUp(unfinished, FileTrees::flush);
    FileTrees.publish(unfinished, target);
  }

  /** The jar's directory has it; elsewhere it is computed. */
  private static long checksum(URL source) throws IOException {
    var connection = source.openConnection();
    connection.setUseCaches(false);
    try (var in = new CheckedInputStream(connection.getInputStream(), new CRC32())) {
      if (connection instanceof JarURLConnection jar && jar.getJarEntry() != null) {
        return jar.getJarEntry().getCrc();
      }
      in.transferTo(OutputStream.nullOutputStream());
      return in.getChecksum().getValue();
    }
  }

  public interface Unpacker {
    void unpack(InputStream archive, Path directory) throws IOException;
  }
}
