package dev.millrace.app.command;

import dev.millrace.app.config.ApiAddress;
import dev.millrace.app.config.Config;
import dev.millrace.app.config.DataDirs;
import dev.millrace.app.config.Profiles;
import dev.millrace.app.config.Profiles.Profile;
import dev.millrace.app.config.Secret;
import dev.millrace.app.config.Settings;
import dev.millrace.app.error.UserError;
import dev.millrace.app.home.AdminKeyFile;
import dev.millrace.app.http.ApiClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Which API to talk to, and with which key. Subcommands take these options too. */
final class ClientOptions {
  @Option(
      names = "--url",
      scope = ScopeType.INHERIT,
      paramLabel = "URL",
      description =
          "where the API is (the profile's, MILLRACE_URL, else http://127.0.0.1 and MILLRACE_PORT or 8080)")
  private Optional<String> url = Optional.empty();

  @Option(
      names = "--profile",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description =
          "takes address and key from ~/.config/millrace/profiles (MILLRACE_PROFILE, else none)")
  private Optional<String> profile = Optional.empty();

  @Option(
      names = "--key",
      scope = ScopeType.INHERIT,
      paramLabel = "KEY",
      description =
          "the key, which other accounts can see in the list of processes: a profile or"
              + " MILLRACE_ADMIN_KEY keeps it from them")
  private Optional<String> key = Optional.empty();

  @Option(
      names = "--data",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description =
          "the directory of the file admin-key, unless a key is given"
              + " (MILLRACE_DATA_DIR, else the directories of up and demo)")
  private Optional<String> data = Optional.empty();

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "print what the API answered")
  private boolean json;

  boolean json() {
    return json;
  }

  /** Whether an API is named, by its address, a profile or a key. */
  boolean given() {
    return url.isPresent() || profile.isPresent() || key.isPresent();
  }

  ApiClient client(Map<String, String> environment) {
    Settings settings =
        Settings.of(environment)
            .withFlag("MILLRACE_PROFILE", "--profile", profile)
            .withFlag("MILLRACE_DATA_DIR", "--data", data);
    Optional<Profile> chosen =
        settings.text("MILLRACE_PROFILE").map(name -> Profiles.find(environment, name));
    Settings withUrl =
        settings
            .withFlag("MILLRACE_URL", "the profile's url", chosen.flatMap(Profile::url))
            .withFlag("MILLRACE_URL", "--url", url);
    Settings withKey =
        settings
            .withFlag(
                "MILLRACE_ADMIN_KEY",
                "the profile's key",
                chosen.flatMap(Profile::key).map(Secret::value))
            .withFlag("MILLRACE_ADMIN_KEY", "--key", key);
    return new ApiClient(ApiAddress.read(withUrl), keys(withKey, environment));
  }

  private static List<Secret> keys(Settings settings, Map<String, String> environment) {
    Optional<Secret> given = Config.adminKey(settings);
    if (given.isPresent()) {
      return List.of(given.get());
    }
    List<Path> places =
        Config.dataDir(settings)
            .map(dir -> List.of(dir, dir.resolve("demo")))
            .orElseGet(() -> List.of(DataDirs.main(environment), DataDirs.demo(environment)));
    List<Secret> keys =
        places.stream()
            .map(dir -> new AdminKeyFile(dir.resolve("admin-key")).read())
            .flatMap(Optional::stream)
            .toList();
    if (keys.isEmpty()) {
      throw new UserError(
          "no key: neither --key, --profile nor MILLRACE_ADMIN_KEY is given, and no file admin-key lies in "
              + String.join(" or ", places.stream().map(Path::toString).toList()));
    }
    return keys;
  }
}
