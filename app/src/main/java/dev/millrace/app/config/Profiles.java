package dev.millrace.app.config;

import dev.millrace.app.error.UserError;
import dev.millrace.embedded.files.TrustedPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Addresses and keys of installations by name, for commands that talk to an API. The file holds
 * keys, so it is read only when no other account can read or change it:
 *
 * <pre>
 * [production]
 * url = https://jobs.example.com
 * key = mr_…
 * </pre>
 */
public final class Profiles {
  private static final Pattern NAME = Pattern.compile("\\[([A-Za-z0-9._-]{1,100})]");
  private static final Pattern ENTRY = Pattern.compile("(url|key)\\s*=\\s*(\\S+)");
  private static final Set<PosixFilePermission> OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private Profiles() {}

  /**
   * One installation.
   *
   * @param url where its API is; empty: as without a profile
   * @param key empty: as without a profile
   */
  public record Profile(Optional<String> url, Optional<Secret> key) {}

  /** {@code $XDG_CONFIG_HOME/millrace/profiles}, else {@code ~/.config/millrace/profiles}. */
  public static Path file(Map<String, String> environment) {
    String xdg = environment.getOrDefault("XDG_CONFIG_HOME", "");
    // the XDG rules ignore a relative path
    Path base = xdg.startsWith("/") ? Path.of(xdg) : Path.of(home(environment), ".config");
    return base.resolve("millrace").resolve("profiles");
  }

  private static String home(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    return home.startsWith("/") ? home : System.getProperty("user.home");
  }

  /**
   * The profile of a name.
   *
   * @throws UserError when there is none, or the file cannot be read or trusted
   */
  public static Profile find(Map<String, String> environment, String name) {
    Path file = file(environment);
    Map<String, Profile> profiles = parse(file, trusted(file, name));
    Profile profile = profiles.get(name);
    if (profile == null) {
      throw new UserError(
          "no profile '" + name + "' in " + file + ", which has " + known(profiles.keySet()));
    }
    return profile;
  }

  private static String known(Set<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private static String trusted(Path file, String name) {
    try {
      Optional<String> distrust = TrustedPlace.distrust(file);
      if (distrust.isPresent()) {
        throw new UserError("the profiles in " + file + " are not read: it " + distrust.get());
      }
      Set<PosixFilePermission> open = Files.getPosixFilePermissions(file);
      if (open.stream().anyMatch(OTHERS::contains)) {
        throw new UserError(
            "the profiles in "
                + file
                + " are not read: other accounts have access to its keys; run chmod 600 "
                + file);
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new UserError("no profile '" + name + "': there is no file " + file, e);
    } catch (IOException e) {
      throw new UserError("the profiles in " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Map<String, Profile> parse(Path file, String text) {
    Map<String, Profile> profiles = new LinkedHashMap<>();
    String current = "";
    int number = 0;
    for (String raw : text.split("\r?\n", -1)) {
      number++;
      String line = raw.strip();
      Matcher name = NAME.matcher(line);
      Matcher entry = ENTRY.matcher(line);
      if (name.matches()) {
        current = name.group(1);
        if (profiles.put(current, new Profile(Optional.empty(), Optional.empty())) != null) {
          throw wrong(file, number, "the profile '" + current + "' is there twice");
        }
      } else if (entry.matches() && profiles.containsKey(current)) {
        Profile before = profiles.get(current);
        profiles.put(
            current,
            entry.group(1).equals("url")
                ? new Profile(Optional.of(entry.group(2)), before.key())
                : new Profile(before.url(), Optional.of(new Secret(entry.group(2)))));
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        throw wrong(
            file,
            number,
            "expected [name], and below it url = ADDRESS and key = KEY, or a # comment");
      }
    }
    return profiles;
  }

  /** Never shows the line, which may be a key. */
  private static UserError wrong(Path file, int line, String what) {
    return new UserError(file + ", line " + line + ": " + what);
  }
}
