package dev.millrace.job.read;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.db.Sql;
import dev.millrace.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Reads which kinds this installation can run. Thread-safe. */
public final class Kinds {
  private static final String ALL = Sql.of(Kinds.class, "all");

  private final Jdbi jdbi;

  public Kinds(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** All of them, by name. */
  public List<KnownKind> all() {
    return jdbi.withHandle(Kinds::all);
  }

  private static List<KnownKind> all(Handle handle) {
    return handle
        .createQuery(ALL)
        .map(
            (row, context) ->
                new KnownKind(
                    row.getString("kind"),
                    fields(Json.tree(row.getString("payload_fields"))),
                    row.getInt("max_attempts"),
                    row.getInt("payload_bytes")))
        .list();
  }

  public Optional<KnownKind> find(String name) {
    return jdbi.withHandle(handle -> find(handle, name));
  }

  /** As {@link #find(String)}, in the caller's transaction. */
  public static Optional<KnownKind> find(Handle handle, String name) {
    return all(handle).stream().filter(kind -> kind.name().equals(name)).findFirst();
  }

  private static List<KnownKind.Field> fields(JsonNode described) {
    List<KnownKind.Field> fields = new ArrayList<>();
    for (JsonNode field : described) {
      fields.add(new KnownKind.Field(field.path("name").asText(), field.path("type").asText()));
    }
    return fields;
  }
}
