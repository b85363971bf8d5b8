package dev.millrace.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.TestServices;
import java.util.TimeZone;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

class SessionZoneTest {
  @Test
  void each_session_is_in_utc_whatever_the_zone_of_the_jvm() {
    TimeZone before = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
    try (Database own = Database.openOwn(TestServices.freshDatabase(), "test", 1);
        HandlerPool work = own.handlerPool(1)) {
      assertThat(zone(own.jdbi())).isEqualTo("UTC");
      assertThat(zone(work.jdbi())).isEqualTo("UTC");
      work.jdbi().useHandle(handle -> handle.execute("SET TimeZone = 'America/Lima'"));
      assertThat(zone(work.jdbi())).as("a session that was cleaned").isEqualTo("UTC");
    } finally {
      TimeZone.setDefault(before);
    }
  }

  private static String zone(Jdbi jdbi) {
    return jdbi.withHandle(handle -> handle.select("SHOW TimeZone").mapTo(String.class).one());
  }
}
