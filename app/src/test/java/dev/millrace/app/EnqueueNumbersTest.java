package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.log.Output;
import dev.millrace.testing.WebServer;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The command sends the numbers and the text that it was given. */
class EnqueueNumbersTest {
  @Test
  void a_payload_leaves_the_command_to_the_digit() {
    for (String number :
        List.of(
            "0.1000",
            "1e2",
            "1e-7",
            "9007199254740993",
            "12345678901234567890",
            "123456789.123456789123456789",
            "1e100000")) {
      try (WebServer api = new WebServer()) {
        Main.command(
                Map.of("MILLRACE_ADMIN_KEY", "a-key-for-the-tests-0123456789"),
                Output.visible(new ByteArrayOutputStream()),
                Output.visible(new ByteArrayOutputStream()))
            .execute(
                "enqueue",
                "test.noop",
                "{\"n\": " + number + ", \"t\": \"Grüße 🚀 0.10\"}",
                "--url",
                api.url("").toString());
        String body = api.calls().get(0).body();
        Matcher sent = Pattern.compile("\"n\":([^,]+),").matcher(body);
        assertThat(sent.find()).as(body).isTrue();
        assertThat(new BigDecimal(sent.group(1))).as(number).isEqualTo(new BigDecimal(number));
        assertThat(body).contains("Grüße 🚀 0.10");
      }
    }
  }
}
