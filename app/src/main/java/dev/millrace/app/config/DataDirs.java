package dev.millrace.app.config;

import java.nio.file.Path;
import java.util.Map;

/** Where a process keeps its data by default. */
public final class DataDirs {
  private DataDirs() {}

  /** {@code $XDG_DATA_HOME/millrace}, else {@code ~/.local/share/millrace}. */
  public static Path main(Map<String, String> environment) {
    String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
    // the XDG rules ignore a relative path
    Path base =
        xdg.startsWith("/")
            ? Path.of(xdg)
            : Path.of(System.getProperty("user.home"), ".local", "share");
    return base.resolve("millrace");
  }

  /** Beside it, so that a demo never touches what {@code up} keeps. */
  public static Path demo(Map<String, String> environment) {
    return main(environment).resolve("demo");
  }
}
