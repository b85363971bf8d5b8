package dev.millrace.api.events;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.db.Sql;
import dev.millrace.json.Json;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** Reads what became of jobs. Thread-safe. */
final class JobStates {
  private static final String STATES = Sql.of(JobStates.class, "states");

  private final Jdbi jdbi;

  JobStates(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Those of the jobs that there are, by id. */
  Map<Long, ObjectNode> of(Set<Long> ids) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(STATES)
                .bindArray("ids", Long.class, ids)
                .map((row, context) -> (ObjectNode) Json.tree(row.getString("job")))
                .stream()
                .collect(Collectors.toMap(job -> job.path("id").asLong(), job -> job)));
  }
}
