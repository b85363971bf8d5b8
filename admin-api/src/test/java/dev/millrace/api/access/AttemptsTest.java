package dev.millrace.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AttemptsTest {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final WrongKeys wrong = new WrongKeys();

  private Duration from(String address, long now) {
    return wrong.failed(new WrongKeys.Request(address, "GET", "/api", "wrong", "agent"), now);
  }

  @Test
  void the_delay_of_an_address_grows_to_2_s_and_expires_after_a_minute() {
    for (int i = 0; i < WrongKeys.FREE; i++) {
      assertThat(from("192.0.2.1", i)).isZero();
    }
    assertThat(from("192.0.2.1", 10)).isEqualTo(Duration.ofMillis(100));
    assertThat(from("192.0.2.1", 11)).isEqualTo(Duration.ofMillis(200));
    for (int i = 0; i < 100; i++) {
      assertThat(from("192.0.2.1", 20 + i)).isLessThanOrEqualTo(WrongKeys.LONGEST);
    }
    assertThat(from("192.0.2.1", 200)).isEqualTo(WrongKeys.LONGEST);
    assertThat(from("192.0.2.2", 200)).isZero();
    assertThat(from("192.0.2.1", 201 + MINUTE)).isZero();
  }

  @Test
  void a_thousand_addresses_write_twenty_lines_a_minute() {
    Logger log = (Logger) LoggerFactory.getLogger(Access.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    log.addAppender(logged);
    for (int i = 0; i < 2_000; i++) {
      assertThat(from("192.0.2." + i, i)).isZero();
    }
    assertThat(logged.list).hasSize(20);
    assertThat(from("198.51.100.1", MINUTE)).isZero();
    log.detachAppender(logged);
    assertThat(logged.list).hasSize(21);
    assertThat(logged.list.get(20).getKeyValuePairs().toString()).contains("1980");
  }
}
