package dev.millrace.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoSheetsTest {
  @Test
  void there_are_enough_suppliers_of_every_kind(@TempDir Path dir) throws IOException {
    DemoFacts facts = DemoSheets.write(dir, 42);

    assertThat(facts.suppliers()).hasSizeGreaterThanOrEqualTo(28);
    assertThat(facts.good()).hasSizeGreaterThanOrEqualTo(25);
    assertThat(facts.good())
        .allSatisfy(supplier -> assertThat(supplier.items()).isBetween(130, 600));
    assertThat(facts.failing())
        .extracting(DemoSupplier::outcome)
        .containsExactlyInAnyOrder(
            DemoSupplier.Outcome.UNREACHABLE, DemoSupplier.Outcome.MISSING_COLUMNS);
    assertThat(facts.suppliers()).anyMatch(supplier -> supplier.badRows() > 100);
    assertThat(facts.suppliers()).extracting(DemoSupplier::code).doesNotHaveDuplicates();
  }

  @Test
  void the_same_seed_writes_the_same(@TempDir Path dir) throws IOException {
    DemoFacts first = DemoSheets.write(dir, 7);
    String csv = Files.readString(first.masterCsv());

    DemoFacts second = DemoSheets.write(dir, 7);

    assertThat(second).isEqualTo(first);
    assertThat(second.masterCsv()).hasContent(csv);
    assertThat(DemoSheets.write(dir, 8).totalItems()).isNotEqualTo(first.totalItems());
  }

  @Test
  void writing_takes_less_than_two_seconds_of_a_core(@TempDir Path dir) throws IOException {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();

    DemoSheets.write(dir, 42);

    assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - start))
        .isLessThan(Duration.ofSeconds(2));
  }
}
