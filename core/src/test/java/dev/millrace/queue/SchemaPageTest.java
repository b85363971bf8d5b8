package dev.millrace.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.job.JobState;
import dev.millrace.testing.TestServices;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/schema.md} beside the schema; with {@code -Dmillrace.schema=write} it is written. */
class SchemaPageTest {
  private static final String REGENERATE =
      "docs/schema.md differs from the schema; write it again with"
          + " mvn -o test -pl core -am -Dtest=SchemaPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dmillrace.schema=write";

  @Test
  void the_schema_page_shows_the_schema_of_the_migrations() throws IOException {
    try (Database database = Database.open(TestServices.freshDatabase(), "test", 1)) {
      String page = database.jdbi().withHandle(SchemaPage::of);
      if ("write".equals(System.getProperty("millrace.schema"))) {
        Files.writeString(SchemaPage.FILE, page);
      }
      assertThat(Files.readString(SchemaPage.FILE)).as(REGENERATE).isEqualTo(page);
      assertThat(Stream.of(JobState.values()).map(JobState::text))
          .allSatisfy(state -> assertThat(page).containsPattern("--> " + state));
    }
  }
}
