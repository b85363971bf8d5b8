package dev.millrace.worker;

import dev.millrace.MillraceException;
import dev.millrace.job.HandlerPlugin;
import dev.millrace.job.JobHandler;
import java.io.IOException;
import java.io.Serial;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handlers in the jars of a plugin folder. Each jar has a class loader of its own, whose parent
 * is Millrace's, so that two plugins may bring different versions of a library. The loaders live as
 * long as the process.
 */
public final class Plugins {
  private static final Logger log = LoggerFactory.getLogger(Plugins.class);

  private Plugins() {}

  /**
   * Loads every jar of the folder, in the order of their names.
   *
   * @param folder nothing is loaded if it does not exist
   * @throws PluginException naming the jar that could not be loaded, and why
   */
  public static List<JobHandler<?>> load(Path folder, HandlerPlugin.Context context) {
    List<JobHandler<?>> handlers = new ArrayList<>();
    for (Path jar : jars(folder)) {
      try {
        for (HandlerPlugin plugin : ServiceLoader.load(HandlerPlugin.class, loader(jar))) {
          List<JobHandler<?>> found = plugin.handlers(context);
          found.forEach(
              handler ->
                  log.info("plugin {} handles kind {}", jar.getFileName(), handler.kind().name()));
          handlers.addAll(found);
        }
      } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
        throw new PluginException("plugin " + jar + " cannot be loaded: " + e.getMessage(), e);
      }
    }
    return handlers;
  }

  private static List<Path> jars(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new PluginException("the plugin folder " + folder + " cannot be read", e);
    }
  }

  private static URLClassLoader loader(Path jar) {
    try {
      return new URLClassLoader(
          jar.getFileName().toString(),
          new URL[] {jar.toUri().toURL()},
          Plugins.class.getClassLoader());
    } catch (MalformedURLException e) {
      throw new PluginException("plugin " + jar + " has a name that is no URL", e);
    }
  }

  /** A plugin that keeps the worker from starting. */
  public static final class PluginException extends MillraceException {
    @Serial private static final long serialVersionUID = 1;

    PluginException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
