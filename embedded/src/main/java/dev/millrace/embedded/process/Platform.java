package dev.millrace.embedded.process;

/** The machine this JVM runs on. */
public final class Platform {
  private Platform() {}

  public static boolean isLinuxOnX86() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64");
  }

  public static String name() {
    return System.getProperty("os.name") + " on " + System.getProperty("os.arch");
  }
}
