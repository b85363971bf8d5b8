package dev.millrace.app.config;

import dev.millrace.address.Address;
import dev.millrace.alert.Alerts;
import java.net.URI;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/** Where alerts are sent. The address may hold a token, so errors do not repeat it. */
final class AlertWebhook {
  private static final int SHORTEST_SECRET = 24;

  private AlertWebhook() {}

  static Optional<Alerts.Settings> read(Reader reader) {
    Optional<URI> url =
        reader.readHidden("ALERT_WEBHOOK_URL", text -> Address.web(text, Set.of("http", "https")));
    Optional<String> secret = reader.readHidden("ALERT_WEBHOOK_SECRET", AlertWebhook::secret);
    int inRow = reader.number("ALERT_AFTER_FAILURES", Alerts.Settings.DEFAULT_IN_ROW, 1, 1_000);
    if (url.isPresent()) {
      reader.require("ALERT_WEBHOOK_SECRET", "it signs what ALERT_WEBHOOK_URL is sent");
    }
    return url.flatMap(at -> secret.map(key -> Alerts.Settings.of(at, key, inRow)));
  }

  private static String secret(String text) {
    if (text.length() < SHORTEST_SECRET) {
      throw new IllegalArgumentException(
          "must have at least %d characters, has %d".formatted(SHORTEST_SECRET, text.length()));
    }
    if (text.startsWith("whsec_")) {
      try {
        byte[] unused = Base64.getDecoder().decode(text.substring("whsec_".length()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("must have Base64 behind whsec_", e);
      }
    }
    return Config.printable(text);
  }
}
