package dev.millrace.embedded.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlatformTest {
  @Test
  void programs_are_chosen_by_the_system_and_the_processor() {
    assertThat(Platform.of("Linux", "amd64")).contains(Platform.LINUX_X86);
    assertThat(Platform.of("Linux", "aarch64")).contains(Platform.LINUX_ARM);
    assertThat(Platform.of("Mac OS X", "aarch64")).contains(Platform.MAC_ARM);
    assertThat(Platform.of("Mac OS X", "x86_64")).isEmpty();
    assertThat(Platform.of("Windows 11", "amd64")).isEmpty();
  }

  @Test
  void the_programs_of_redis_are_all_in_the_distribution() {
    assertThat(Platform.class.getResource("/redis-server-6.2.6-v5-linux-amd64")).isNotNull();
    assertThat(Platform.class.getResource("/redis-server-6.2.7-linux-arm64")).isNotNull();
    assertThat(Platform.class.getResource("/redis-server-6.2.6-v5-darwin-arm64")).isNotNull();
  }
}
