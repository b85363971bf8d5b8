package dev.millrace.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrustedProxiesTest {
  @Test
  void a_forwarded_address_counts_only_from_a_trusted_proxy() {
    TrustedProxies proxies = TrustedProxies.parse("10.0.0.0/8, 192.0.2.7, fd00::/12");
    assertThat(proxies.client("203.0.113.9", "198.51.100.1")).isEqualTo("203.0.113.9");
    assertThat(proxies.client("10.1.2.3", null)).isEqualTo("10.1.2.3");
    assertThat(proxies.client("10.1.2.3", "198.51.100.1")).isEqualTo("198.51.100.1");
    assertThat(proxies.client("10.1.2.3", "1.1.1.1, 198.51.100.1, 192.0.2.7, 10.9.9.9"))
        .isEqualTo("198.51.100.1");
    assertThat(proxies.client("[fd0f:0:0:0:0:0:0:1]", "2001:db8::5"))
        .isEqualTo("2001:db8:0:0:0:0:0:5");
    assertThat(TrustedProxies.NONE.client("127.0.0.1", "198.51.100.1")).isEqualTo("127.0.0.1");
  }

  @Test
  void what_is_no_address_ends_the_chain() {
    TrustedProxies proxies = TrustedProxies.parse("10.0.0.0/8");
    for (String spoofed :
        List.of(
            "localhost",
            "example.org",
            "",
            "1.2.3.4:80",
            "unknown",
            "1.2.3",
            "'; DROP",
            "::1%eth0")) {
      assertThat(proxies.client("10.0.0.1", spoofed)).as(spoofed).isEqualTo("10.0.0.1");
      assertThat(proxies.client("10.0.0.1", "8.8.8.8, " + spoofed + ", 10.0.0.2"))
          .as(spoofed)
          .isEqualTo("10.0.0.2");
    }
    assertThat(proxies.client("10.0.0.1", "10.0.0.3, ".repeat(10_000) + "10.0.0.2"))
        .isEqualTo("10.0.0.3");
  }

  @Test
  void a_wrong_setting_names_the_part_that_is_wrong() {
    for (String wrong :
        List.of("proxy.example.org", "10.0.0.0/33", "10.0.0.0/", "fd00::/129", "")) {
      assertThatThrownBy(() -> TrustedProxies.parse("127.0.0.1, " + wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + wrong + "'");
    }
  }
}
