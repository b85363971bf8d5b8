package dev.millrace.api.ingestion;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.access.Permission;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.JsonBody;
import dev.millrace.db.Sql;
import dev.millrace.json.Json;
import dev.millrace.mapping.ColumnMapping;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /api/admin/ingestion/suppliers/{id}/mapping}: what is set for the columns of a supplier's
 * sheet. The next sync reads the sheet by it, also if the sheet has not changed.
 */
public final class MappingRoutes {
  private static final Logger log = LoggerFactory.getLogger(MappingRoutes.class);
  private static final String PATH = "/api/admin/ingestion/suppliers/{id}/mapping";
  private static final String FIND = Sql.of(MappingRoutes.class, "find");
  private static final String PUT = Sql.of(MappingRoutes.class, "put");
  private static final String DELETE = Sql.of(MappingRoutes.class, "delete");
  private static final int MOST_BYTES = 16_384;
  private static final Set<String> FIELDS = Set.copyOf(ColumnMapping.FIELDS);

  private final Jdbi jdbi;
  private final Audit audit;

  public MappingRoutes(Jdbi jdbi, Audit audit) {
    this.jdbi = jdbi;
    this.audit = audit;
  }

  /**
   * The answer.
   *
   * @param mapping the fields that are set; the others are detected
   * @param setBy {@code admin}; {@code master_sheet}, whose mapping each sync replaces; null:
   *     nothing is set
   */
  record Mapping(
      String supplierId, JsonNode mapping, @Nullable String setBy, @Nullable Instant updatedAt) {}

  public void addTo(RoutesConfig routes) {
    routes.get(
        PATH, ctx -> ctx.json(jdbi.withHandle(handle -> find(handle, ctx))), Permission.READ);
    routes.put(PATH, this::put, Permission.CHANGE_MAPPING);
    routes.delete(PATH, this::delete, Permission.CHANGE_MAPPING);
  }

  private static Mapping find(Handle handle, Context ctx) {
    String id = ctx.pathParam("id");
    return handle
        .createQuery(FIND)
        .bind("id", id)
        .map(
            (row, context) ->
                new Mapping(
                    id,
                    Json.tree(row.getString("mapping")),
                    row.getString("set_by"),
                    Optional.ofNullable(row.getObject("updated_at", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant)
                        .orElse(null)))
        .findOne()
        .orElseThrow(() -> absent(id));
  }

  private static ProblemException absent(String id) {
    return Problems.notFound("no supplier '" + Problems.cut(id) + "'");
  }

  /** Replaces the whole mapping: a field that the body lacks is detected again. */
  private void put(Context ctx) {
    String mapping = Json.write(mapping(JsonBody.read(ctx, MOST_BYTES, FIELDS)).fields());
    ctx.json(
        audit.run(
            ctx,
            Command.of("mapping.set", ctx.pathParam("id")),
            handle -> {
              Mapping before = find(handle, ctx);
              handle
                  .createUpdate(PUT)
                  .bind("id", before.supplierId())
                  .bind("mapping", mapping)
                  .execute();
              log.info(
                  "column mapping of supplier {} changed from {} to {}",
                  before.supplierId(),
                  before.mapping(),
                  mapping);
              Mapping after = find(handle, ctx);
              return new Effect<>(after, before, after);
            }));
  }

  /** Each field is checked by itself, so that the answer names all that are wrong. */
  private static ColumnMapping mapping(JsonBody body) {
    Map<String, @Nullable Object> fields =
        Json.mapper().convertValue(body.others(Set.of()), new TypeReference<>() {});
    fields.forEach(
        (name, value) -> {
          if (FIELDS.contains(name)) {
            try {
              ColumnMapping unused = ColumnMapping.of(Collections.singletonMap(name, value));
            } catch (IllegalArgumentException e) {
              body.refuse(name, String.valueOf(e.getMessage()));
            }
          }
        });
    body.check();
    return ColumnMapping.of(fields);
  }

  private void delete(Context ctx) {
    Mapping unused =
        audit.run(
            ctx,
            Command.of("mapping.delete", ctx.pathParam("id")),
            handle -> {
              Mapping before = find(handle, ctx);
              handle.createUpdate(DELETE).bind("id", before.supplierId()).execute();
              log.info(
                  "column mapping of supplier {} deleted, was {}",
                  before.supplierId(),
                  before.mapping());
              return new Effect<>(before, before, null);
            });
    ctx.status(204);
  }
}
