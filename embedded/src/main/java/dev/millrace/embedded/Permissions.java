package dev.millrace.embedded;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Who may do what with a file, whatever the umask. */
final class Permissions {
  static final Set<PosixFilePermission> PROGRAM = PosixFilePermissions.fromString("rwxr-xr-x");
  static final Set<PosixFilePermission> DATA = PosixFilePermissions.fromString("rw-r--r--");

  private Permissions() {}
}
