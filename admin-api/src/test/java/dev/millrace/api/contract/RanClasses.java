package dev.millrace.api.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Knows which test classes have begun in this run; JUnit finds it as a service. */
public final class RanClasses implements BeforeAllCallback {
  private static final RunLines RAN = new RunLines("ran");

  @Override
  public void beforeAll(ExtensionContext context) {
    RAN.add(context.getRequiredTestClass().getName());
  }

  /** The test classes of this module that have not run in any process of this run. */
  static Set<String> missing() {
    return RAN.without(all());
  }

  private static Set<String> all() {
    try {
      Path classes =
          Path.of(RanClasses.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      try (Stream<Path> files = Files.walk(classes)) {
        return files
            .map(file -> classes.relativize(file).toString())
            .filter(file -> file.endsWith("Test.class") && !file.contains("$"))
            .map(file -> file.replace(".class", "").replace('/', '.'))
            .collect(Collectors.toSet());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the test classes cannot be listed", e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the test classes are not in a directory", e);
    }
  }
}
