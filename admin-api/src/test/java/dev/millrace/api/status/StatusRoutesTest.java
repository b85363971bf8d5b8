package dev.millrace.api.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatusRoutesTest {
  @Test
  void gzip_is_sent_to_those_that_take_it() {
    assertThat(
            List.of(
                "gzip",
                "GZIP",
                "deflate, gzip;q=0.5",
                "gzip ; q=1.0, br",
                "br,x-gzip",
                "gzip;q=0.01"))
        .allSatisfy(header -> assertThat(StatusRoutes.takesGzip(header)).isTrue());
  }

  @Test
  void gzip_is_not_sent_to_others() {
    assertThat(
            List.of("", "br", "gzip;q=0", "br, gzip; q=0.000", "gzip;q=0,br", "notgzip", "gzipped"))
        .allSatisfy(header -> assertThat(StatusRoutes.takesGzip(header)).isFalse());
    assertThat(StatusRoutes.takesGzip(null)).isFalse();
  }
}
