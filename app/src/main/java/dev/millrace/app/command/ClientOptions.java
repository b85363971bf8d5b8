package dev.millrace.app.command;

import dev.millrace.app.config.ApiAddress;
import dev.millrace.app.config.Config;
import dev.millrace.app.config.DataDirs;
import dev.millrace.app.config.Secret;
import dev.millrace.app.config.Settings;
import dev.millrace.app.error.UserError;
import dev.millrace.app.home.AdminKeyFile;
import dev.millrace.app.http.ApiClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which API to talk to, and with which key. */
final class ClientOptions {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "where the API is (MILLRACE_URL, else http://127.0.0.1 and MILLRACE_PORT or 8080)")
  private Optional<String> url = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "the directory of the file admin-key, unless MILLRACE_ADMIN_KEY is set"
              + " (MILLRACE_DATA_DIR, else the directories of up and demo)")
  private Optional<String> data = Optional.empty();

  @Option(names = "--json", description = "print what the API answered")
  private boolean json;

  boolean json() {
    return json;
  }

  ApiClient client(Map<String, String> environment) {
    return new ApiClient(base(Settings.of(environment)), keys(environment));
  }

  private URI base(Settings settings) {
    return ApiAddress.read(settings.withFlag("MILLRACE_URL", "--url", url));
  }

  private List<Secret> keys(Map<String, String> environment) {
    Settings settings = Settings.of(environment).withFlag("MILLRACE_DATA_DIR", "--data", data);
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
          "no admin key: MILLRACE_ADMIN_KEY is not set, and no file admin-key lies in "
              + String.join(" or ", places.stream().map(Path::toString).toList()));
    }
    return keys;
  }
}
