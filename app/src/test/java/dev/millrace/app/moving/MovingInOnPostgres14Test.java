package dev.millrace.app.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.process.Platform;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The oldest supported Postgres, whose archive the build puts beside the newest one's. */
final class MovingInOnPostgres14Test extends EverySystem {
  @Override
  EmbeddedPostgres.Options server() {
    return EmbeddedPostgres.Options.defaults()
        .withArchive("/oldest" + Platform.LINUX_X86.postgresArchive());
  }

  @Test
  void the_server_is_postgres_14() {
    try (ExistingDatabase system = ExistingDatabase.of(postgres, List.of())) {
      assertThat(system.ask(system.owner(), "SHOW server_version_num"))
          .singleElement()
          .asString()
          .startsWith("14");
    }
  }
}
