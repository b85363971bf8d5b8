package dev.millrace.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What may use what, in the product's modules. */
final class ArchitectureTest {
  private static final Path ROOT = Path.of("..");

  /** Each module with those it may use. */
  private static final Map<String, List<String>> MODULES =
      Map.of(
          "platform", List.of(),
          "job-api", List.of("platform"),
          "core", List.of("platform", "job-api"),
          "scheduler", List.of("platform", "job-api", "core"),
          "queue-worker", List.of("platform", "job-api", "core"),
          "admin-api", List.of("platform", "job-api", "core"),
          "embedded", List.of(),
          "demo-data", List.of());

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPaths(folders());

  private static List<Path> folders() {
    List<Path> folders =
        new ArrayList<>(MODULES.keySet().stream().map(ArchitectureTest::classesOf).toList());
    folders.add(classesOf("app"));
    return folders;
  }

  private static Path classesOf(String module) {
    Path folder = ROOT.resolve(module).resolve("target/classes");
    assertThat(Files.isDirectory(folder)).as("the classes of %s", module).isTrue();
    return folder;
  }

  private static JavaClasses of(String module) {
    return new ClassFileImporter().importPath(classesOf(module));
  }

  private static List<String> packagesOf(String module) {
    return of(module).stream().map(JavaClass::getPackageName).distinct().sorted().toList();
  }

  @Test
  void no_package_stands_in_two_modules() {
    Map<String, List<String>> modules =
        MODULES.keySet().stream()
            .flatMap(module -> packagesOf(module).stream().map(name -> Map.entry(name, module)))
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getKey,
                    Collectors.mapping(Map.Entry::getValue, Collectors.toList())));

    assertThat(modules).allSatisfy((name, in) -> assertThat(in).as(name).hasSize(1));
  }

  @Test
  void packages_have_no_cycle() {
    slices().matching("dev.millrace.(**)").should().beFreeOfCycles().check(PRODUCT);
  }

  @Test
  void modules_use_only_what_lies_below_them() {
    MODULES.forEach(
        (module, below) -> {
          List<String> foreign =
              MODULES.keySet().stream()
                  .filter(other -> !other.equals(module) && !below.contains(other))
                  .flatMap(other -> packagesOf(other).stream())
                  .toList();
          noClasses()
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(foreign.toArray(String[]::new))
              .as(module + " uses only " + below)
              .check(of(module));
        });
  }

  @Test
  void each_foreign_library_stays_behind_its_packages() {
    stays("org.quartz..", "dev.millrace.scheduler.quartz..");
    stays("org.redisson..", "dev.millrace.lock..");
    stays(
        "redis.clients..",
        "dev.millrace.redis..",
        "dev.millrace.lock..",
        "dev.millrace.queue..",
        "dev.millrace.progress..");
    stays("io.javalin..", "dev.millrace.api..");
    stays("picocli..", "dev.millrace.app..");
  }

  private static void stays(String library, String... packages) {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(PRODUCT);
  }

  @Test
  void the_public_api_names_no_type_of_the_queue_itself() {
    classes()
        .that()
        .resideInAPackage("dev.millrace.job")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "org.jdbi..",
            "org.jspecify..",
            "com.fasterxml.jackson.annotation",
            "dev.millrace",
            "dev.millrace.job",
            "dev.millrace.json",
            "dev.millrace.text")
        .check(PRODUCT);
  }

  @Test
  void no_two_product_types_have_one_name() {
    Map<String, List<String>> names =
        PRODUCT.stream()
            .filter(JavaClass::isTopLevelClass)
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .collect(
                Collectors.groupingBy(
                    JavaClass::getSimpleName,
                    Collectors.mapping(JavaClass::getName, Collectors.toList())));

    assertThat(names).allSatisfy((name, types) -> assertThat(types).as(name).hasSize(1));
  }

  @Test
  void core_shows_at_most_60_public_types() {
    List<String> shown =
        of("core").stream()
            .filter(JavaClass::isTopLevelClass)
            .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
            .map(JavaClass::getName)
            .sorted()
            .toList();

    assertThat(shown).hasSizeLessThanOrEqualTo(60);
  }
}
