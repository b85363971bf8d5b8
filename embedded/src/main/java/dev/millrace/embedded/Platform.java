package dev.millrace.embedded;

/** The machine this JVM runs on. */
final class Platform {
  private Platform() {}

  static boolean isLinuxOnX86() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64");
  }

  static String name() {
    return System.getProperty("os.name") + " on " + System.getProperty("os.arch");
  }
}
