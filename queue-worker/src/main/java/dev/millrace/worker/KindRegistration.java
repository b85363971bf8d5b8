package dev.millrace.worker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.db.Sql;
import dev.millrace.job.JobKind;
import dev.millrace.json.Json;
import dev.millrace.queue.Calls;
import java.lang.reflect.RecordComponent;
import java.sql.PreparedStatement;
import java.util.Locale;
import org.jdbi.v3.core.Jdbi;

/**
 * Registers in Postgres the kinds that this release can run, with the fields of their payloads, so
 * that enqueuers can refuse others.
 */
final class KindRegistration {
  private static final String UPSERT = Sql.of(KindRegistration.class, "upsert");

  private KindRegistration() {}

  static void register(Jdbi jdbi, Handlers handlers) {
    Calls.withHandle(
        jdbi,
        handle -> {
          try (PreparedStatement statement = handle.getConnection().prepareStatement(UPSERT)) {
            for (JobKind<?> kind : handlers.all()) {
              statement.setString(1, kind.name());
              statement.setString(2, fields(kind).toString());
              statement.setString(3, defaults(kind).toString());
              statement.addBatch();
            }
            return statement.executeBatch();
          }
        });
  }

  /**
   * The fields of the payload's record: name in snake_case and Java type, as [{"name": …, "type":
   * …}].
   */
  private static ArrayNode fields(JobKind<?> kind) {
    ArrayNode fields = Json.mapper().createArrayNode();
    RecordComponent[] components = kind.payloadType().getRecordComponents();
    if (components != null) {
      for (RecordComponent component : components) {
        String name = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        fields.addObject().put("name", name).put("type", component.getType().getSimpleName());
      }
    }
    return fields;
  }

  private static ObjectNode defaults(JobKind<?> kind) {
    ObjectNode defaults =
        Json.mapper()
            .createObjectNode()
            .put("max_attempts", kind.maxAttempts())
            .put("timeout_seconds", kind.timeout().toSeconds())
            .put("payload_bytes", kind.bounds().payloadBytes());
    kind.bounds()
        .keepCompleted()
        .ifPresent(keep -> defaults.put("keep_completed_seconds", keep.toSeconds()));
    kind.bounds()
        .keepFailed()
        .ifPresent(keep -> defaults.put("keep_failed_seconds", keep.toSeconds()));
    kind.bounds().atOnce().ifPresent(limit -> defaults.put("at_once", limit));
    return defaults;
  }
}
