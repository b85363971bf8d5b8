package dev.millrace.app.docs;

import dev.millrace.app.docs.Page.Block;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * The Java blocks of a page, compiled together. A block that declares a class stays as it is;
 * statements are put into a {@link Snippet}. Both see the packages of Millrace without imports.
 */
final class JavaBlocks {
  private static final Pattern CLASS =
      Pattern.compile("^(?:(?:public|final|abstract) )*(?:class|record) (\\w+)", Pattern.MULTILINE);
  private static final Pattern HANDLER =
      Pattern.compile("class (\\w+)[^{]* implements JobHandler<");
  private static final String MAIN = "public static void main(String[] args)";

  private final Path classes;
  private final List<String> handlers = new ArrayList<>();

  private JavaBlocks(Path classes) {
    this.classes = classes;
  }

  /** Compiles them; the directory gets sources and classes. */
  static JavaBlocks compile(List<Block> blocks, Path directory) throws IOException {
    JavaBlocks compiled = new JavaBlocks(Files.createDirectories(directory.resolve("classes")));
    if (blocks.isEmpty()) {
      return compiled;
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      String imports = imports(files);
      List<Path> sources = new ArrayList<>();
      for (Block block : blocks) {
        Matcher handler = HANDLER.matcher(block.text());
        while (handler.find()) {
          compiled.handlers.add(handler.group(1));
        }
        String name = nameOf(block);
        String text = isClass(block) ? block.text() : Snippet.wrap(name, block.text());
        sources.add(Files.writeString(directory.resolve(name + ".java"), imports + text));
      }
      if (!compiled.handlers.isEmpty()) {
        sources.add(
            Files.writeString(
                directory.resolve("PagePlugin.java"), imports + plugin(compiled.handlers)));
      }
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(compiled.classes));
      StringWriter errors = new StringWriter();
      List<String> options = List.of("-proc:none", "--release", "17", "-Xlint:none");
      if (!compiler
          .getTask(errors, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
          .call()) {
        throw new AssertionError("a block does not compile:\n" + errors);
      }
    }
    return compiled;
  }

  /** The block's class, or one for its statements. */
  static String nameOf(Block block) {
    Matcher declared = CLASS.matcher(block.text());
    return declared.find() ? declared.group(1) : "Line" + block.line();
  }

  private static boolean isClass(Block block) {
    return CLASS.matcher(block.text()).find();
  }

  /** Whether running it does anything: a handler alone waits for its jobs. */
  static boolean isProgram(Block block) {
    return !isClass(block) || block.text().contains(MAIN);
  }

  private static String imports(StandardJavaFileManager files) throws IOException {
    List<String> packages = new ArrayList<>();
    for (JavaFileObject file :
        files.list(
            StandardLocation.CLASS_PATH, "dev.millrace", Set.of(JavaFileObject.Kind.CLASS), true)) {
      String name = files.inferBinaryName(StandardLocation.CLASS_PATH, file);
      packages.add(name.substring(0, name.lastIndexOf('.')));
    }
    return Stream.concat(packages.stream().distinct().sorted(), Stream.of("org.jdbi.v3.core"))
            .map(name -> "import " + name + ".*;\n")
            .collect(Collectors.joining())
        + "import java.time.*;\nimport java.util.*;\n";
  }

  private static String plugin(List<String> handlers) {
    return String.format(
        Locale.ROOT,
        """
        public final class PagePlugin implements HandlerPlugin {
          @Override public List<JobHandler<?>> handlers(HandlerPlugin.Context context) {
            return List.of(%s);
          }
        }
        """,
        handlers.stream().map(name -> "new " + name + "()").collect(Collectors.joining(", ")));
  }

  Path classes() {
    return classes;
  }

  boolean hasHandlers() {
    return !handlers.isEmpty();
  }

  /** Packs the page's handlers as their author would. */
  void writePlugin(Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
      }
      out.putNextEntry(new JarEntry("META-INF/services/dev.millrace.job.HandlerPlugin"));
      out.write("PagePlugin".getBytes(StandardCharsets.UTF_8));
    }
  }
}
