package dev.millrace.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.alert.Alerts;
import dev.millrace.api.access.AccessRole;
import dev.millrace.api.access.AccessRules;
import dev.millrace.api.access.OidcRules;
import dev.millrace.app.config.Config.Needs;
import dev.millrace.demo.google.GoogleServer;
import dev.millrace.mv.ConfiguredView;
import dev.millrace.mv.ViewRegistration;
import dev.millrace.redis.RedisKeys;
import dev.millrace.sheet.google.GoogleSettings;
import dev.millrace.sheet.google.ServiceAccountKey;
import dev.millrace.stats.Flags;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
  private static final Path HOME = Path.of("/somewhere");
  private static final String KEY = "0123456789abcdef";
  private static final String ALERT_SECRET = "0123456789abcdef01234567";

  private static Config read(Map<String, String> environment) {
    return Config.read(Settings.of(environment), Needs.NOTHING, HOME);
  }

  private static Config with(String name, String text) {
    return read(Map.of(name, text));
  }

  @Test
  void an_empty_environment_gives_the_defaults() {
    Config config = read(Map.of());
    assertThat(config.dataDir()).isEqualTo(HOME);
    assertThat(config.services().database()).isEmpty();
    assertThat(config.services().redis()).isEmpty();
    assertThat(config.http())
        .isEqualTo(
            new Config.Http(
                "127.0.0.1",
                8080,
                Optional.empty(),
                AccessRules.DEFAULT,
                Duration.ofDays(365),
                Optional.empty()));
    assertThat(config.worker().id()).isNotEmpty();
    assertThat(config.worker().queue()).isEqualTo("default");
    assertThat(config.worker().concurrency()).isEqualTo(8);
    assertThat(config.worker().refreshesViews()).isTrue();
    assertThat(config.features().sync())
        .isEqualTo(
            new Config.Sync(
                8,
                Optional.empty(),
                Optional.empty(),
                50,
                false,
                RedisKeys.SYNC_PREFIX,
                Duration.ofMinutes(5)));
    assertThat(config.features().stats())
        .isEqualTo(
            new Config.Stats(
                Optional.empty(), Optional.empty(), Optional.empty(), Flags.allOn(), 10));
    assertThat(config.features().views()).isEqualTo(new Config.Views(3, List.of()));
  }

  @Test
  void an_empty_text_is_as_good_as_none() {
    assertThat(with("MILLRACE_PORT", "  ").http().port()).isEqualTo(8080);
    assertThat(with("DATABASE_URL", "").services().database()).isEmpty();
  }

  @Test
  void each_variable_sets_what_it_names(@TempDir Path directory) throws Exception {
    Path credentials = directory.resolve("google.json");
    try (GoogleServer google = GoogleServer.start()) {
      google.writeKey(credentials);
    }
    Map<String, String> environment = new HashMap<>();
    environment.put("DATABASE_URL", "postgresql://anna:pw@db:5433/jobs");
    environment.put("REDIS_URL", "redis://cache:6380/2");
    environment.put("MILLRACE_HOST", "0.0.0.0");
    environment.put("MILLRACE_PORT", "9000");
    environment.put("MILLRACE_METRICS_HOST", "0.0.0.0");
    environment.put("MILLRACE_METRICS_PORT", "9464");
    environment.put("MILLRACE_DATA_DIR", directory.toString());
    environment.put("MILLRACE_ADMIN_KEY", KEY);
    environment.put("WORKER_ID", "worker-render-1");
    environment.put("MILLRACE_RELEASE", "1f3a9c");
    environment.put("QUEUE_NAME", "stats-update-queue");
    environment.put("MILLRACE_CONCURRENCY", "32");
    environment.put("SYNC_INTERVAL_HOURS", "6");
    environment.put("SYNC_DELETE_VANISHED", "true");
    environment.put("SYNC_REDIS_PREFIX", "");
    environment.put("SYNC_MAX_LOST_PERCENT", "25");
    environment.put("RETRY_AFTER_MAX_SECONDS", "90");
    environment.put("MASTER_SHEET_URL", "https://docs.example.com/spreadsheets/d/1");
    environment.put("GOOGLE_APPLICATION_CREDENTIALS", credentials.toString());
    environment.put("GOOGLE_SHEETS_ROOT_URL", "https://sheets.example.com");
    environment.put("GOOGLE_TOKEN_URL", "http://127.0.0.1:8081/token");
    environment.put("CACHE_INVALIDATION_URL", "http://web/api/cache");
    environment.put("INTERNAL_API_KEY", "internal");
    environment.put("LEGACY_STATS_URL", "https://old/stats");
    environment.put("MILLRACE_STATS_PARALLEL", "4");
    environment.put("USE_BG_JOBS_GLOBAL", "false");
    environment.put("USE_BG_JOBS_ADMIN", "off");
    environment.put("USE_BG_JOBS_CRON", "no");
    environment.put("USE_BG_JOBS_MATCH", "0");
    environment.put("ALERT_WEBHOOK_URL", "https://alerts.example.com/hooks/7");
    environment.put("ALERT_WEBHOOK_SECRET", ALERT_SECRET);
    environment.put("ALERT_AFTER_FAILURES", "2");
    environment.put("DISABLE_MV_WORKER", "1");
    environment.put("MV_MAX_WORKERS", "5");
    environment.put(
        "MV_VIEWS_FILE",
        Files.writeString(directory.resolve("views.json"), "{\"views\": [{\"view\": \"mv_a\"}]}")
            .toString());

    Config config = read(environment);

    assertThat(config.services().database().orElseThrow().jdbc())
        .isEqualTo("jdbc:postgresql://db:5433/jobs");
    assertThat(config.services().redis().orElseThrow().db()).isEqualTo(2);
    assertThat(config.dataDir()).isEqualTo(directory);
    assertThat(config.http())
        .isEqualTo(
            new Config.Http(
                "0.0.0.0",
                9000,
                Optional.of(new Secret(KEY)),
                AccessRules.DEFAULT,
                Duration.ofDays(365),
                Optional.of(new InetSocketAddress("0.0.0.0", 9464))));
    assertThat(config.worker())
        .isEqualTo(new Config.Worker("worker-render-1", "stats-update-queue", 32, false, "1f3a9c"));
    assertThat(config.features().sync())
        .isEqualTo(
            new Config.Sync(
                6,
                Optional.of(URI.create("https://docs.example.com/spreadsheets/d/1")),
                Optional.of(
                    new GoogleSettings(
                        ServiceAccountKey.read(credentials),
                        URI.create("https://sheets.example.com/"),
                        URI.create("http://127.0.0.1:8081/token"))),
                25,
                true,
                "",
                Duration.ofSeconds(90)));
    assertThat(config.features().stats())
        .isEqualTo(
            new Config.Stats(
                Optional.of(URI.create("http://web/api/cache")),
                Optional.of(new Secret("internal")),
                Optional.of(URI.create("https://old/stats")),
                Set.of(),
                4));
    assertThat(config.features().alerts())
        .contains(
            Alerts.Settings.of(URI.create("https://alerts.example.com/hooks/7"), ALERT_SECRET, 2));
    assertThat(config.features().views())
        .isEqualTo(
            new Config.Views(
                5, List.of(new ConfiguredView(ViewRegistration.of("mv_a"), List.of()))));
  }

  @Test
  void a_wrong_file_of_views_is_refused_with_the_place(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("v.json"), "{\"views\": [{\"vjew\": 1}]}");
    assertThatThrownBy(() -> with("MV_VIEWS_FILE", file.toString()))
        .hasMessageContaining("MV_VIEWS_FILE")
        .hasMessageContaining("views[0]: needs the field 'view'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          MILLRACE_PORT                  | 65536       | must be a number from 0 to 65535
          MILLRACE_PORT                  | tcp://10.0.0.7:80 | must be a number from 0 to 65535
          MILLRACE_HOST                  | no.such.host.invalid | must be an address of this machine
          MILLRACE_CONCURRENCY           | 0           | must be a number from 1 to 1000
          MILLRACE_CONCURRENCY           | -1          | must be a number from 1 to 1000
          WORKER_ID                      | a b         | letters, digits
          QUEUE_NAME                     | Default     | a lower-case name
          SYNC_INTERVAL_HOURS            | 0           | must be a number from 1 to 24
          SYNC_INTERVAL_HOURS            | 25          | must be a number from 1 to 24
          SYNC_MAX_LOST_PERCENT          | 101         | must be a number from 0 to 100
          SYNC_REDIS_PREFIX              | a b         | must be [A-Za-z0-9:
          RETRY_AFTER_MAX_SECONDS        | 86401       | must be a number from 0 to 86400
          MASTER_SHEET_URL               | ftp://h/x   | must be a URL (file, http, https)
          MASTER_SHEET_URL               | /home/x.csv | must be a URL (file, http, https)
          GOOGLE_APPLICATION_CREDENTIALS | /nowhere    | must be a file that can be read
          GOOGLE_APPLICATION_CREDENTIALS | /dev/null   | must be a file that can be read
          GOOGLE_SHEETS_ROOT_URL | http://example.org  | must be an https: URL
          GOOGLE_TOKEN_URL  | http://example.org/token | must be an https: URL
          CACHE_INVALIDATION_URL         | file:///x   | must be a URL (http, https)
          LEGACY_STATS_URL               | ftp://x/y   | must be a URL (http, https)
          MILLRACE_STATS_PARALLEL        | 65          | must be a number from 1 to 64
          USE_BG_JOBS_GLOBAL             | maybe       | must be 1, true, yes or on
          DISABLE_MV_WORKER              | si          | must be 1, true, yes or on
          MV_MAX_WORKERS                 | 0           | must be a number from 1 to 100
          MV_VIEWS_FILE                  | /nowhere    | must be a file that can be read
          """)
  void a_wrong_value_is_shown_with_what_is_allowed(String name, String text, String allowed) {
    assertThatThrownBy(() -> with(name, text))
        .isInstanceOf(WrongSettingsException.class)
        .hasMessageContaining(name + " = '" + text + "'")
        .hasMessageContaining(allowed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DATABASE_URL       | mysql://u:hidden@h/d   | expected postgresql://
          REDIS_URL          | http://u:hidden@h      | expected redis://
          MILLRACE_ADMIN_KEY | hidden                 | at least 16 characters
          INTERNAL_API_KEY   | hidden key             | without spaces
          MASTER_SHEET_URL   | ftp://u:hidden@h/x     | must be a URL
          ALERT_WEBHOOK_URL  | ftp://h/hidden         | must be a URL
          ALERT_WEBHOOK_SECRET | hidden               | must have at least 24 characters, has 6
          ALERT_WEBHOOK_SECRET | whsec_hidden-is-no-base64! | must have Base64 behind whsec_
          ALERT_WEBHOOK_SECRET | hidden key with spaces in it | without spaces
          """)
  void a_wrong_secret_is_named_and_not_repeated(String name, String text, String allowed) {
    assertThatThrownBy(() -> with(name, text))
        .isInstanceOf(WrongSettingsException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(allowed)
        .hasMessageNotContaining("hidden");
  }

  @Test
  void all_that_is_wrong_is_named_at_once() {
    assertThatThrownBy(
            () ->
                Config.read(
                    Settings.of(Map.of("SYNC_INTERVAL_HOURS", "x", "QUEUE_NAME", "?"))
                        .withFlag("MILLRACE_PORT", "--port", Optional.of("y")),
                    Needs.DATABASE_AND_REDIS,
                    HOME))
        .hasMessageContaining("5 settings")
        .hasMessageContaining("DATABASE_URL is not set")
        .hasMessageContaining("REDIS_URL is not set")
        .hasMessageContaining("SYNC_INTERVAL_HOURS")
        .hasMessageContaining("QUEUE_NAME")
        .hasMessageContaining("--port = 'y'");
  }

  @Test
  void an_option_replaces_its_variable() {
    Settings settings =
        Settings.of(Map.of("MILLRACE_PORT", "wrong"))
            .withFlag("MILLRACE_PORT", "--port", Optional.of("0"));
    assertThat(Config.read(settings, Needs.NOTHING, HOME).http().port()).isZero();
  }

  @Test
  void a_cache_without_its_key_is_named_with_everything_else_that_is_missing() {
    Settings settings =
        Settings.of(Map.of("CACHE_INVALIDATION_URL", "http://web/api/cache", "QUEUE_NAME", "A"));
    assertThatThrownBy(() -> Config.read(settings, Needs.DATABASE_AND_REDIS, HOME))
        .hasMessageContaining("4 settings are wrong")
        .hasMessageContaining("DATABASE_URL is not set")
        .hasMessageContaining("REDIS_URL is not set")
        .hasMessageContaining("QUEUE_NAME = 'A'")
        .hasMessageContaining("INTERNAL_API_KEY is not set: the calls of CACHE_INVALIDATION_URL");
  }

  @Test
  void no_secret_is_shown() {
    Config config =
        read(
            Map.of(
                "DATABASE_URL", "postgresql://u:hidden-password@h/d?password=hidden-too",
                "REDIS_URL", "redis://u:hidden-password@h",
                "MILLRACE_ADMIN_KEY", "hidden-hidden-hidden",
                "INTERNAL_API_KEY", "hidden",
                "ALERT_WEBHOOK_URL", "https://alerts.example.com/hidden-token",
                "ALERT_WEBHOOK_SECRET", "whsec_aGlkZGVuLWhpZGRlbi1oaWRkZW4="));
    assertThat(config.toString()).contains("jdbc:postgresql://h:5432/d").doesNotContain("hidden");
  }

  @Test
  void data_lies_where_the_desktop_rules_say() {
    assertThat(DataDirs.main(Map.of("XDG_DATA_HOME", "/xdg"))).isEqualTo(Path.of("/xdg/millrace"));
    assertThat(DataDirs.demo(Map.of("XDG_DATA_HOME", "/xdg")))
        .isEqualTo(Path.of("/xdg/millrace/demo"));
    assertThat(DataDirs.main(Map.of("XDG_DATA_HOME", "relative")))
        .isEqualTo(Path.of(System.getProperty("user.home"), ".local/share/millrace"));
  }

  @Test
  void origins_are_named_whole_or_refused() {
    assertThat(
            Config.read(
                    Settings.of(
                        Map.of(
                            "MILLRACE_CORS_ORIGINS", "https://a.example, http://127.0.0.1:5173")),
                    Config.Needs.NOTHING,
                    Path.of("data"))
                .http()
                .rules()
                .corsOrigins())
        .containsExactlyInAnyOrder("https://a.example", "http://127.0.0.1:5173");
    for (String wrong :
        List.of("*", "null", "https://a.example/", "a.example", "https://*.a.example")) {
      assertThatThrownBy(
              () ->
                  Config.read(
                      Settings.of(Map.of("MILLRACE_CORS_ORIGINS", wrong)),
                      Config.Needs.NOTHING,
                      Path.of("data")))
          .hasMessageContaining("MILLRACE_CORS_ORIGINS");
    }
  }

  @Test
  void an_issuer_of_tokens_needs_an_audience_and_roles_that_exist() {
    Map<String, String> given = new HashMap<>();
    assertThat(read(given).http().rules().oidc()).isEmpty();
    given.put("OIDC_ISSUER", "https://id.example.org/realms/ops");
    assertThatThrownBy(() -> read(given)).hasMessageContaining("OIDC_AUDIENCE is not set");
    given.put("OIDC_AUDIENCE", "millrace");
    assertThat(read(given).http().rules().oidc())
        .contains(
            new OidcRules(
                "https://id.example.org/realms/ops", "millrace", "roles", OidcRules.SAME_NAMES));
    given.put("OIDC_ROLES", "ops = operator, millrace-admins=admin");
    assertThat(read(given).http().rules().oidc().orElseThrow().roles())
        .isEqualTo(Map.of("ops", AccessRole.OPERATOR, "millrace-admins", AccessRole.ADMIN));
    given.put("OIDC_ROLES", "ops=root");
    assertThatThrownBy(() -> read(given))
        .hasMessageContaining("OIDC_ROLES")
        .hasMessageContaining("'ops=root' is not");
    given.remove("OIDC_ROLES");
    for (String wrong : List.of("http://id.example.org", "id.example.org", "https://a/?b=c")) {
      given.put("OIDC_ISSUER", wrong);
      assertThatThrownBy(() -> read(given)).as(wrong).hasMessageContaining("OIDC_ISSUER");
    }
  }

  @Test
  void the_address_of_a_web_application_and_a_path_name_its_cache() {
    Map<String, String> given = new HashMap<>();
    given.put("NEXT_PUBLIC_APP_URL", "https://app.example.com/");
    assertThat(read(given).features().stats().cacheInvalidation()).isEmpty();
    given.put("INTERNAL_API_KEY", "internal-worker-key");
    assertThat(read(given).features().stats().cacheInvalidation())
        .contains(URI.create("https://app.example.com/api/cache/invalidate"));
    given.put("CACHE_INVALIDATION_PATH", "/api/revalidate");
    assertThat(read(given).features().stats().cacheInvalidation())
        .contains(URI.create("https://app.example.com/api/revalidate"));
    given.put("CACHE_INVALIDATION_URL", "https://other.example.com/drop");
    assertThat(read(given).features().stats().cacheInvalidation())
        .contains(URI.create("https://other.example.com/drop"));
    assertThatThrownBy(() -> read(Map.of("CACHE_INVALIDATION_PATH", "revalidate")))
        .hasMessageContaining(
            "CACHE_INVALIDATION_PATH = 'revalidate': must be a path such as /api/cache/invalidate");
    assertThatThrownBy(() -> read(Map.of("CACHE_INVALIDATION_PATH", "/revalidate")))
        .hasMessageContaining("NEXT_PUBLIC_APP_URL is not set");
  }

  @Test
  void commands_find_the_api_by_an_address_or_a_port() {
    Settings port = Settings.of(Map.of("MILLRACE_PORT", "9090"));
    assertThat(ApiAddress.read(Settings.of(Map.of()))).hasToString("http://127.0.0.1:8080");
    assertThat(ApiAddress.read(port)).hasToString("http://127.0.0.1:9090");
    assertThat(ApiAddress.read(port.withFlag("MILLRACE_URL", "--url", Optional.of("http://a:1"))))
        .hasToString("http://a:1");
    assertThatThrownBy(() -> ApiAddress.read(Settings.of(Map.of("MILLRACE_URL", "localhost:1"))))
        .hasMessageContaining("MILLRACE_URL must be http://host:port or https://host:port");
  }
}
