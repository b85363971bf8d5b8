package dev.millrace.app.config;

import dev.millrace.app.error.UserError;
import dev.millrace.embedded.files.TrustedPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Settings in a file: the environment, and under it the lines of a file {@code .env}. A variable of
 * the environment wins over the file's.
 *
 * @param variables the environment and what the file adds to it
 * @param file what was read; empty: no file
 * @param warnings what the user should change, each a sentence
 */
public record EnvFile(Map<String, String> variables, Optional<Path> file, List<String> warnings) {
  private static final String OPTION = "--env-file";

  public EnvFile {
    variables = Map.copyOf(variables);
    warnings = List.copyOf(warnings);
  }

  /** Arguments of a command, without the option that names a file of settings. */
  public record Arguments(List<String> rest, Optional<Path> named) {
    public Arguments {
      rest = List.copyOf(rest);
    }

    /**
     * Takes {@code --env-file PATH} or {@code --env-file=PATH} out of the arguments.
     *
     * @throws UserError when the path is missing
     */
    public static Arguments of(String... arguments) {
      List<String> rest = new ArrayList<>();
      Optional<Path> named = Optional.empty();
      for (int i = 0; i < arguments.length; i++) {
        if (arguments[i].startsWith(OPTION + "=")) {
          named = Optional.of(Path.of(arguments[i].substring(OPTION.length() + 1)));
        } else if (arguments[i].equals(OPTION)) {
          i++;
          if (i == arguments.length) {
            throw new UserError(OPTION + " needs the path of a file");
          }
          named = Optional.of(Path.of(arguments[i]));
        } else {
          rest.add(arguments[i]);
        }
      }
      return new Arguments(rest, named);
    }
  }

  /**
   * Reads the file that was named, else {@code .env} in a directory if that has one. The latter is
   * only read if no other account can change it; see {@link TrustedPlace}.
   *
   * @throws UserError when the named file cannot be read, or a line is wrong
   */
  public static EnvFile read(
      Map<String, String> environment, Optional<Path> named, Path directory) {
    Path file = named.orElseGet(() -> directory.resolve(".env")).toAbsolutePath().normalize();
    if (named.isEmpty() && !Files.isRegularFile(file)) {
      return new EnvFile(environment, Optional.empty(), List.of());
    }
    try {
      Optional<PosixFileAttributes> attributes = attributes(file);
      Optional<String> distrust =
          named.isPresent() || attributes.isEmpty()
              ? Optional.empty()
              : TrustedPlace.distrust(file);
      if (distrust.isPresent()) {
        return new EnvFile(
            environment,
            Optional.empty(),
            List.of(
                file
                    + " is not read: it "
                    + distrust.get()
                    + "; name it with "
                    + OPTION
                    + " to use it"));
      }
      Map<String, String> lines = EnvLines.parse(file, Files.readString(file));
      Map<String, String> all = new LinkedHashMap<>(lines);
      all.putAll(environment);
      return new EnvFile(all, Optional.of(file), exposed(file, lines, attributes));
    } catch (IOException e) {
      throw new UserError(
          OPTION + " " + file + " cannot be read as a text file in UTF-8: " + e.getMessage(), e);
    }
  }

  private static Optional<PosixFileAttributes> attributes(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    return view == null ? Optional.empty() : Optional.of(view.readAttributes());
  }

  private static List<String> exposed(
      Path file, Map<String, String> lines, Optional<PosixFileAttributes> attributes) {
    String secrets =
        lines.keySet().stream()
            .filter(SecretFiles.SECRETS::contains)
            .sorted()
            .collect(Collectors.joining(", "));
    boolean open =
        attributes.stream()
            .anyMatch(found -> found.permissions().contains(PosixFilePermission.OTHERS_READ));
    return open && !secrets.isEmpty()
        ? List.of(
            file
                + " contains "
                + secrets
                + " and every account of this machine can read it: chmod 600 "
                + file)
        : List.of();
  }
}
