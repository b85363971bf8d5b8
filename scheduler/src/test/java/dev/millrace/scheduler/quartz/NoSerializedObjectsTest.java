package dev.millrace.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.db.Database;
import dev.millrace.testing.TestServices;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What Quartz would read from a serialized Java object cannot be stored. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NoSerializedObjectsTest {
  private final Database database = Database.openOwn(TestServices.freshDatabase(), "test", 4);

  @BeforeAll
  void a_job_with_its_trigger() {
    try (QuartzCluster cluster =
        QuartzCluster.create(database.dataSource(), "n1", (worker, time) -> {})) {
      cluster.mirror(Map.of("nightly", "0 0 3 * * ?"));
    }
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void a_serialized_object_is_refused_wherever_quartz_would_read_one() {
    for (String statement :
        List.of(
            "INSERT INTO millrace.qrtz_calendars VALUES ('millrace', 'holidays', '\\xaced0005')",
            "INSERT INTO millrace.qrtz_blob_triggers SELECT sched_name, trigger_name, trigger_group, '\\xaced0005' FROM millrace.qrtz_triggers",
            "UPDATE millrace.qrtz_triggers SET trigger_type = 'BLOB'",
            "UPDATE millrace.qrtz_triggers SET calendar_name = 'holidays'",
            "UPDATE millrace.qrtz_triggers SET job_data = '\\xaced0005'",
            "UPDATE millrace.qrtz_job_details SET job_data = '\\xaced0005'")) {
      assertThatThrownBy(() -> database.jdbi().useHandle(handle -> handle.execute(statement)))
          .as(statement)
          .hasMessageContaining("violates check constraint");
    }
  }

  @Test
  void what_quartz_keeps_of_a_job_are_lines_of_text() {
    byte[] data =
        database
            .jdbi()
            .withHandle(
                handle ->
                    handle
                        .createQuery("SELECT job_data FROM millrace.qrtz_job_details")
                        .mapTo(byte[].class)
                        .one());
    assertThat(new String(data, StandardCharsets.ISO_8859_1)).startsWith("#");
  }
}
