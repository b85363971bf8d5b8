package dev.millrace.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.app.config.Config.Needs;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlertWebhookTest {
  private static Config with(String name, String text) {
    return Config.read(Settings.of(Map.of(name, text)), Needs.NOTHING, Path.of("/somewhere"));
  }

  @Test
  void alerts_without_a_secret_that_signs_them_are_refused() {
    assertThatThrownBy(() -> with("ALERT_WEBHOOK_URL", "https://alerts.example.com/hidden"))
        .isInstanceOf(WrongSettingsException.class)
        .hasMessageContaining(
            "ALERT_WEBHOOK_SECRET is not set: it signs what ALERT_WEBHOOK_URL is sent")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void a_secret_without_an_address_sends_no_alerts() {
    assertThat(with("ALERT_WEBHOOK_SECRET", "0123456789abcdef01234567").features().alerts())
        .isEmpty();
  }
}
