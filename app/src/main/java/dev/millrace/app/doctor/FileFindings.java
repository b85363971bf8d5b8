package dev.millrace.app.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Files with secrets that other accounts of this machine can read. */
public final class FileFindings {
  private static final Set<PosixFilePermission> OF_OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private FileFindings() {}

  /** One for each file that is there and is not its owner's alone. */
  public static List<Finding> of(List<Path> secrets) {
    List<Finding> findings = new ArrayList<>();
    for (Path file : secrets) {
      if (isOpen(file)) {
        findings.add(
            Finding.warn(
                "open_secret",
                file + " holds a secret, and other accounts of this machine can read or change it",
                "chmod 600 " + file));
      }
    }
    return findings;
  }

  private static boolean isOpen(Path file) {
    try {
      return Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains);
    } catch (IOException | UnsupportedOperationException e) {
      return false; // it is not there, not ours to read, or has no such modes
    }
  }
}
