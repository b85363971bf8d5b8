package dev.millrace.mv;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of one view.
 *
 * @param relation what is in the catalog; null for a function and for a view that is gone
 * @param history the newest refreshes first, at most 50
 */
public record ViewDetail(
    ViewStatus view,
    Settings settings,
    @Nullable Relation relation,
    List<Read> reads,
    List<Watch> watches,
    List<Problem> problems,
    List<Line> history) {
  public ViewDetail {
    reads = List.copyOf(reads);
    watches = List.copyOf(watches);
    problems = List.copyOf(problems);
    history = List.copyOf(history);
  }

  /** What the registry says; times in seconds. */
  public record Settings(
      double debounceSeconds,
      double maxWaitSeconds,
      double minGapSeconds,
      @Nullable Double maxLagSeconds,
      double lockTimeoutSeconds,
      @Nullable Double statementTimeoutSeconds,
      double lockBudgetSeconds,
      List<String> covers,
      String origin,
      Instant registeredAt) {
    public Settings {
      covers = List.copyOf(covers);
    }
  }

  /**
   * The view's relation.
   *
   * @param rowEstimate as last analysed; null: never
   * @param sizePretty with indexes, as {@code pg_size_pretty} says it
   */
  public record Relation(
      String qualifiedName,
      boolean populated,
      @Nullable Long rowEstimate,
      long totalBytes,
      long indexBytes,
      String sizePretty,
      long deadRows,
      @Nullable Instant lastAnalyzed,
      @Nullable Instant lastVacuumed,
      List<String> indexes) {
    public Relation {
      indexes = List.copyOf(indexes);
    }
  }

  /**
   * A relation that the view reads.
   *
   * @param kind {@code table}, {@code view}, {@code materialized view}, {@code foreign table}
   * @param distance how many materialized views away
   * @param rowEstimate as last analysed; null: never
   * @param liveRows as the cumulative statistics count them
   * @param sizePretty with indexes, as {@code pg_size_pretty} says it
   */
  public record Read(
      String name,
      String kind,
      int distance,
      @Nullable Long rowEstimate,
      long liveRows,
      long totalBytes,
      String sizePretty,
      @Nullable Instant lastAnalyzed,
      List<String> indexes,
      boolean watched) {
    public Read {
      indexes = List.copyOf(indexes);
    }
  }

  /**
   * A table whose changes ask for the view.
   *
   * @param fault why its changes are not seen now; null: they are
   */
  public record Watch(
      String source, String method, @Nullable List<String> columns, @Nullable String fault) {}

  /**
   * Something that stands, or will stand, in the way of a refresh.
   *
   * @param severity {@code error}: a refresh fails, or nothing asks for it; {@code warning}: it is
   *     slow, or more than needed; {@code hint}: it may be
   * @param fixSql SQL that would fix it; null: there is no such statement
   */
  public record Problem(String code, String severity, String message, @Nullable String fixSql) {}

  /** One refresh. */
  public record Line(
      String status,
      @Nullable String mode,
      long durationMs,
      @Nullable Long rows,
      Instant refreshCompletedAt,
      String trigger,
      @Nullable Long waitedMs,
      @JsonSerialize(using = ToStringSerializer.class) @Nullable Long jobId,
      @Nullable String error) {}
}
