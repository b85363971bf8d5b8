package dev.millrace.scheduler;

import dev.millrace.db.Sql;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The next run that each row of {@code background_workers} shows. It is for display, so it never
 * waits: a row that another session has locked is written later, and no fire depends on it.
 * Thread-safe.
 */
final class NextRunWriter {
  private static final String SHOW = Sql.of(NextRunWriter.class, "show");
  private static final String SETTLED = Sql.of(NextRunWriter.class, "settled");
  private static final String DROP_UNBEGUN = Sql.of(NextRunWriter.class, "dropUnbegun");

  /** A fire on time has written the row before this age. */
  private static final Duration PASSED = Duration.ofSeconds(2);

  private final Jdbi jdbi;
  private final InstantSource clock;

  NextRunWriter(Jdbi jdbi, InstantSource clock) {
    this.jdbi = jdbi;
    this.clock = clock;
  }

  /**
   * Writes the next run of a row unless it is there already. A next run in the past stays: it shows
   * that the scheduler was, or is, late.
   *
   * @param ticks whether Quartz has a trigger for it
   * @return false when another session has locked or changed the row: to be written later
   */
  boolean show(BackgroundWorker row, boolean ticks) {
    Optional<Schedule> schedule = schedule(row, ticks);
    Instant next = schedule.flatMap(one -> one.next(clock.instant())).orElse(null);
    Instant shown = row.nextRunAt();
    boolean right =
        shown != null && next != null && !shown.isAfter(next) && schedule.orElseThrow().has(shown);
    return right || Objects.equals(next, shown) || write(row, next);
  }

  private static Optional<Schedule> schedule(BackgroundWorker row, boolean ticks) {
    return ticks && row.enabled() ? Optional.of(row.schedule()) : Optional.empty();
  }

  private boolean write(BackgroundWorker row, @Nullable Instant next) {
    return jdbi.withHandle(
            handle ->
                handle
                    .createUpdate(SHOW)
                    .bind("workerName", row.workerName())
                    .bind("version", row.version())
                    .bind("next", next)
                    .execute())
        == 1;
  }

  /** Writes the rows that fires could not write because another session had locked them. */
  void makeUp(List<BackgroundWorker> rows) {
    Instant until = clock.instant().minus(PASSED);
    List<BackgroundWorker> passed =
        rows.stream()
            .filter(row -> row.enabled() && row.kind() != null)
            .filter(row -> row.nextRunAt() != null && row.nextRunAt().isBefore(until))
            .toList();
    if (!passed.isEmpty()) {
      Set<String> settled = settled(passed);
      passed.stream()
          .filter(row -> settled.contains(row.workerName()))
          .forEach(
              row -> {
                write(row, row.schedule().next(clock.instant()).orElse(null));
              });
    }
  }

  private Set<String> settled(List<BackgroundWorker> passed) {
    List<String> names = passed.stream().map(BackgroundWorker::workerName).toList();
    List<Instant> slots = passed.stream().map(BackgroundWorker::nextRunAt).toList();
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(SETTLED)
                .bindArray("names", String.class, names)
                .bindArray("slots", Instant.class, slots)
                .mapTo(String.class)
                .collect(Collectors.toSet()));
  }

  /** Cancels the runs that fires added before the change that disabled the worker was committed. */
  void dropUnbegun(Set<String> disabled) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(DROP_UNBEGUN)
                .bindArray("names", String.class, List.copyOf(disabled))
                .execute());
  }
}
