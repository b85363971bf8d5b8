package dev.millrace.app.config;

import dev.millrace.address.Address;
import dev.millrace.http.HostPauses;
import dev.millrace.redis.RedisKeys;
import dev.millrace.sheet.google.GoogleSettings;
import dev.millrace.sheet.google.ServiceAccountKey;
import dev.millrace.sync.job.SyncSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The settings of the master sync; those of Google's API count only together with a key file. */
final class SyncReader {
  private static final int DEFAULT_SYNC_HOURS = 8;
  private static final Pattern KEY_PREFIX = Pattern.compile("[A-Za-z0-9:._{}-]{0,100}");

  private SyncReader() {}

  static Config.Sync read(Reader reader) {
    return new Config.Sync(
        reader.number("SYNC_INTERVAL_HOURS", DEFAULT_SYNC_HOURS, 1, 24),
        reader.read("MASTER_SHEET_URL", text -> Address.web(text, Set.of("http", "https", "file"))),
        google(reader),
        reader.number("SYNC_MAX_LOST_PERCENT", SyncSettings.DEFAULT_MAX_LOST_PERCENT, 0, 100),
        reader.flag("SYNC_DELETE_VANISHED", false),
        reader
            .readOrEmpty(
                "SYNC_REDIS_PREFIX", text -> Config.matching(text, KEY_PREFIX, KEY_PREFIX + ""))
            .orElse(RedisKeys.SYNC_PREFIX),
        retryAfterMax(reader));
  }

  private static Duration retryAfterMax(Reader reader) {
    return Duration.ofSeconds(
        reader.number("RETRY_AFTER_MAX_SECONDS", (int) HostPauses.LONGEST.toSeconds(), 0, 86_400));
  }

  private static Optional<GoogleSettings> google(Reader reader) {
    Optional<URI> root = reader.read("GOOGLE_SHEETS_ROOT_URL", SyncReader::address);
    Optional<URI> token = reader.read("GOOGLE_TOKEN_URL", SyncReader::address);
    return reader
        .read(
            "GOOGLE_APPLICATION_CREDENTIALS",
            text -> ServiceAccountKey.read(LocalFile.readable(text)))
        .map(
            key ->
                new GoogleSettings(
                    key, root.orElse(GoogleSettings.DEFAULT_ROOT), token.orElse(key.token())));
  }

  private static URI address(String text) {
    return GoogleSettings.checked(Address.web(text, Set.of("http", "https")));
  }
}
