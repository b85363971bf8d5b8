package dev.millrace.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.app.config.Config.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFilesTest {
  private static final String KEY = "a-key-of-twenty-three-c";

  private final Path directory;

  SecretFilesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Config read(Map<String, String> environment) {
    return Config.read(Settings.of(environment), Needs.NOTHING, directory);
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content).toString();
  }

  @Test
  void each_secret_can_lie_in_a_file() throws IOException {
    Config config =
        read(
            Map.of(
                "DATABASE_URL_FILE", file("db", "postgresql://u:p@db/app\n"),
                "REDIS_URL_FILE", file("redis", "redis://:p@cache:6379\n"),
                "MILLRACE_ADMIN_KEY_FILE", file("admin", KEY + "\n"),
                "INTERNAL_API_KEY_FILE", file("internal", KEY),
                "CACHE_INVALIDATION_URL", "http://web/api/cache",
                "ALERT_WEBHOOK_URL_FILE", file("hook", "https://alerts.example.org/T0"),
                "ALERT_WEBHOOK_SECRET_FILE", file("secret", KEY + KEY)));
    assertThat(config.services().database()).isPresent();
    assertThat(config.services().redis()).isPresent();
    assertThat(config.http().adminKey()).contains(new Secret(KEY));
    assertThat(config.features().stats().internalApiKey()).contains(new Secret(KEY));
    assertThat(config.features().alerts()).isPresent();
    assertThat(config.toString()).doesNotContain(KEY).doesNotContain("u:p@");
    assertThat(config.variables()).containsEntry("MILLRACE_ADMIN_KEY", KEY);
  }

  @Test
  void a_missing_and_an_empty_file_are_named_together() throws IOException {
    String missing = directory.resolve("no").toString();
    String empty = file("empty", " \n");
    assertThatThrownBy(
            () -> read(Map.of("REDIS_URL_FILE", missing, "MILLRACE_ADMIN_KEY_FILE", empty)))
        .isInstanceOf(WrongSettingsException.class)
        .hasMessageContaining("REDIS_URL_FILE: '" + missing + "': must be a file that can be read")
        .hasMessageContaining("MILLRACE_ADMIN_KEY_FILE: '" + empty + "': the file is empty");
  }

  @Test
  void what_a_file_contains_is_not_repeated_in_an_error() throws IOException {
    String file = file("short", "hunter2");
    assertThatThrownBy(() -> read(Map.of("MILLRACE_ADMIN_KEY_FILE", file)))
        .hasMessageContaining("MILLRACE_ADMIN_KEY_FILE: must have at least 16 characters, has 7")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void a_file_beside_the_variable_itself_is_refused() throws IOException {
    String file = file("admin", KEY);
    assertThatThrownBy(
            () -> read(Map.of("MILLRACE_ADMIN_KEY", KEY, "MILLRACE_ADMIN_KEY_FILE", file)))
        .hasMessageContaining(
            "MILLRACE_ADMIN_KEY_FILE: must not be set beside MILLRACE_ADMIN_KEY: leave one of them"
                + " out")
        .hasMessageNotContaining(KEY);
  }

  @Test
  void a_file_that_is_no_text_or_too_long_is_refused() throws IOException {
    Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 0});
    String longer = file("long", "x".repeat(65_537));
    assertThatThrownBy(
            () -> read(Map.of("REDIS_URL_FILE", binary.toString(), "DATABASE_URL_FILE", longer)))
        .hasMessageContaining("must be a text file in UTF-8")
        .hasMessageContaining("must have at most 65536 bytes, has 65537");
  }

  @Test
  void only_those_who_need_a_secret_hear_of_its_file() {
    Settings settings =
        Settings.of(Map.of("DATABASE_URL_FILE", directory.resolve("no").toString()));
    assertThat(Config.adminKey(settings)).isEmpty();
    assertThat(settings.text("DATABASE_URL")).isEmpty();
  }

  @Test
  void a_command_needs_the_database_though_its_file_is_named_only() throws IOException {
    Settings settings = Settings.of(Map.of("DATABASE_URL_FILE", file("db", "postgresql://db/app")));
    assertThat(Config.read(settings, Needs.DATABASE, directory).services().database()).isPresent();
  }

  @Test
  void the_variables_of_files_are_known() {
    assertThat(SettingNames.isKnown("REDIS_URL_FILE")).isTrue();
    assertThat(SettingNames.warnings(Map.of("REDIS_URL_FILES", "/x")))
        .singleElement()
        .asString()
        .contains("REDIS_URL_FILE");
  }
}
