package dev.millrace.api.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.db.Sql;
import dev.millrace.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Reads the audit. Thread-safe. */
public final class AuditList {
  private static final String LIST = Sql.of(AuditList.class, "list");

  private final Jdbi jdbi;

  public AuditList(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * What is wanted of it; an empty field: all.
   *
   * @param since at or after
   * @param until before
   */
  public record Filter(
      Optional<String> who,
      Optional<String> action,
      Optional<String> target,
      Optional<String> outcome,
      Optional<Instant> since,
      Optional<Instant> until) {}

  /**
   * The newest first.
   *
   * @param before only those with a lower id
   */
  public List<Entry> page(Filter filter, OptionalLong before, int most) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(LIST)
                .bind("who", filter.who().orElse(null))
                .bind("action", filter.action().orElse(null))
                .bind("target", filter.target().orElse(null))
                .bind("outcome", filter.outcome().orElse(null))
                .bind("since", filter.since().orElse(null))
                .bind("until", filter.until().orElse(null))
                .bind("before", before.isPresent() ? before.getAsLong() : null)
                .bind("most", most)
                .map((row, context) -> entry(row))
                .list());
  }

  private static Entry entry(ResultSet row) throws SQLException {
    return new Entry(
        row.getString("id"),
        row.getObject("at", OffsetDateTime.class).toInstant(),
        row.getString("who"),
        row.getString("who_type"),
        row.getString("role"),
        row.getString("address"),
        row.getString("request_id"),
        row.getString("action"),
        row.getString("target"),
        row.getString("reason"),
        json(row.getString("before")),
        json(row.getString("after")),
        row.getString("outcome"),
        row.getString("problem"));
  }

  private static @Nullable JsonNode json(@Nullable String text) {
    return text == null ? null : Json.tree(text);
  }
}
