package dev.millrace.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.millrace.db.Sql;
import dev.millrace.job.JobState;
import dev.millrace.job.read.Page;
import dev.millrace.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/** Reads the history of the master sync: as long as jobs are kept. Thread-safe. */
public final class Syncs {
  private static final String LIST = Sql.of(Syncs.class, "list");
  private static final String SUPPLIERS = Sql.of(Syncs.class, "suppliers");
  private static final RowMapper<Sync> SYNC = ConstructorMapper.of(Sync.class);

  private final Jdbi jdbi;

  public Syncs(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * A sync, with the sums over the jobs of its suppliers.
   *
   * @param trigger who asked for it: {@code schedule}, {@code api}, {@code manual}
   * @param workerId the queue worker that read the master sheet
   * @param startedAt null: no queue worker has begun it
   * @param durationMs from its start to its end, its suppliers included; null: it has not ended
   * @param suppliers that the master sheet names; null: it has not been read
   * @param problems rows of the master sheet that were left out
   * @param total the jobs of its suppliers; {@code succeeded} of them have read their sheet
   * @param items of the suppliers that were read; null: no job has recorded it
   */
  public record Sync(
      @JsonSerialize(using = ToStringSerializer.class) long id,
      JobState state,
      String trigger,
      @Nullable String workerId,
      boolean dryRun,
      boolean onlyFailed,
      Instant createdAt,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt,
      @Nullable Long durationMs,
      @Nullable String error,
      @Nullable Long suppliers,
      @Nullable Long problems,
      long total,
      long succeeded,
      long failed,
      long unfinished,
      @Nullable Long items,
      @Nullable Long inserted,
      @Nullable Long changed,
      @Nullable Long vanished,
      @Nullable Long unchanged,
      @Nullable Long rejected) {}

  /**
   * The job of one supplier.
   *
   * @param result what it recorded; of a dry run with the {@code differences}; null: it has not
   *     ended
   */
  public record SupplierJob(
      @JsonSerialize(using = ToStringSerializer.class) long id,
      JobState state,
      @Nullable String supplierId,
      @Nullable String supplierName,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt,
      @Nullable String error,
      @Nullable JsonNode result) {}

  /**
   * Syncs, newest first.
   *
   * @param before only those with a lower id
   */
  public Page<Sync> list(OptionalLong before, int most) {
    List<Sync> found =
        jdbi.withHandle(handle -> read(handle, before.orElse(Long.MAX_VALUE), 0, most + 1));
    return Page.of(found, most, Sync::id, OptionalLong::empty);
  }

  private static List<Sync> read(Handle handle, long before, long after, int most) {
    return handle
        .createQuery(LIST)
        .bind("before", before)
        .bind("after", after)
        .bind("most", most)
        .map(SYNC)
        .list();
  }

  public Optional<Sync> find(long id) {
    return jdbi.withHandle(handle -> read(handle, id + 1, id - 1, 1)).stream().findFirst();
  }

  /**
   * The jobs of a sync's suppliers, oldest first.
   *
   * @param after only those with a higher id
   */
  public Page<SupplierJob> suppliers(long sync, OptionalLong after, int most) {
    List<SupplierJob> found =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(SUPPLIERS)
                    .bind("sync", sync)
                    .bind("after", after.orElse(0))
                    .bind("most", most + 1)
                    .map(
                        (row, context) ->
                            new SupplierJob(
                                row.getLong("id"),
                                JobState.of(row.getString("state")),
                                row.getString("supplier_id"),
                                row.getString("supplier_name"),
                                instant(row.getTimestamp("started_at")),
                                instant(row.getTimestamp("finished_at")),
                                row.getString("error"),
                                Optional.ofNullable(row.getString("result"))
                                    .map(Json::tree)
                                    .orElse(null)))
                    .list());
    return Page.of(found, most, SupplierJob::id, OptionalLong::empty);
  }

  private static @Nullable Instant instant(java.sql.@Nullable Timestamp time) {
    return time == null ? null : time.toInstant();
  }
}
