package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The checklist of a release: no library is older than the version that mended what is known. */
class VersionFloorsTest {
  private record Floor(String library, String where, String least, String why) {
    private static Floor of(String line) {
      String[] parts = line.split(" \\| ", -1);
      assertThat(parts).as(line).hasSize(4);
      return new Floor(parts[0], parts[1], parts[2], parts[3]);
    }

    String artifact() {
      return library.substring(library.indexOf(':') + 1);
    }
  }

  @TestFactory
  Stream<DynamicTest> no_library_is_older_than_its_floor() throws Exception {
    Document pom =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(Path.of("..", "pom.xml").toFile());
    List<Floor> floors = floors();
    assertThat(floors).hasSizeGreaterThan(10);
    return floors.stream()
        .map(floor -> DynamicTest.dynamicTest(floor.library(), () -> check(pom, floor)));
  }

  private static void check(Document pom, Floor floor) {
    if (floor.where().equals("absent")) {
      assertThat(onClassPath(floor.artifact())).as(floor.why()).isEmpty();
      return;
    }
    Optional<String> found =
        floor.where().equals("pom") ? inPom(pom, floor.library()) : onClassPath(floor.artifact());
    assertThat(found).as("%s is to be found in the %s", floor.library(), floor.where()).isPresent();
    assertThat(Version.parse(found.orElseThrow()))
        .as("%s: %s", floor.library(), floor.why())
        .isGreaterThanOrEqualTo(Version.parse(floor.least()));
  }

  private static Optional<String> inPom(Document pom, String library) {
    NodeList dependencies = pom.getElementsByTagName("dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      if (library.equals(text(dependency, "groupId") + ":" + text(dependency, "artifactId"))) {
        return Optional.of(text(dependency, "version"));
      }
    }
    return Optional.empty();
  }

  private static String text(Element parent, String name) {
    return parent.getElementsByTagName(name).item(0).getTextContent();
  }

  private static Optional<String> onClassPath(String artifact) {
    Pattern jar = Pattern.compile(Pattern.quote(artifact) + "-(\\d[^/]*?)(\\.Final)?\\.jar");
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> jar.matcher(Path.of(entry).getFileName().toString()))
        .filter(Matcher::matches)
        .map(match -> match.group(1))
        .findFirst();
  }

  private static List<Floor> floors() {
    try (InputStream in = VersionFloorsTest.class.getResourceAsStream("version-floors.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(Floor::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
