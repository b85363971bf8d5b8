package dev.millrace.app.moving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.testing.InstalledPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an ordinary owner dumps of a database that Millrace has moved into. */
final class RestoredDatabaseTest {
  @Test
  void a_dump_restores_and_goes_on_with_and_without_millrace(@TempDir Path directory)
      throws Exception {
    Optional<Path> programs = InstalledPostgres.programs();
    assumeTrue(programs.isPresent(), "no Postgres with pg_dump is installed");
    Path bin = programs.get();
    EmbeddedPostgres.Options options = EmbeddedPostgres.Options.defaults().withSuperuser();
    Path dump = directory.resolve("dump.sql");
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.start(directory.resolve("server"), options.withPrograms(bin));
        ExistingDatabase system = ExistingDatabase.of(postgres, Application.all());
        ExistingDatabase restored = ExistingDatabase.of(postgres, List.of())) {
      assertThat(system.migrate().code()).isZero();
      Application.work(system, Application.all());
      List<String> rows = Application.rows(system, Application.all());

      InstalledPostgres.run(bin, "pg_dump", "-f", dump.toString(), system.databaseUrl());
      List<String> said =
          InstalledPostgres.run(
              bin,
              "psql",
              "-X",
              "-q",
              "-o",
              "/dev/null",
              "-f",
              dump.toString(),
              restored.databaseUrl());
      assertThat(said).filteredOn(line -> line.contains("ERROR")).isEmpty();

      assertThat(Application.rows(restored, Application.all())).isEqualTo(rows);
      Application.work(restored, Application.all());
      ExistingDatabase.Printed again = restored.migrate();
      assertThat(again.code()).as(again.err()).isZero();
      Application.work(restored, Application.all());
      ExistingDatabase.Printed undone = restored.migrate("--undo", "--yes");
      assertThat(undone.code()).as(undone.err()).isZero();
      assertThat(Application.rows(restored, Application.all())).isEqualTo(rows);
      Application.work(restored, Application.all());
    }
  }
}
