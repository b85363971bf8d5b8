package dev.millrace.queue;

import dev.millrace.db.Sql;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/**
 * Pauses of queues and kinds: kept in Postgres, so that they outlive every process, and looked at
 * by every claim.
 */
public final class Pauses {
  /** Stands for every queue, or every kind. */
  public static final String ALL = "*";

  private static final String PAUSE = Sql.of(Pauses.class, "pause");
  private static final String LIST = Sql.of(Pauses.class, "all");

  private final Jdbi jdbi;

  public Pauses(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Nothing of these is claimed while it stands; what runs goes on.
   *
   * @param queue a queue or {@link #ALL}
   * @param kind a kind or {@link #ALL}
   */
  public record Pause(String queue, String kind, String pausedBy, String reason, Instant pausedAt) {
    boolean covers(Lane lane) {
      return (queue.equals(ALL) || queue.equals(lane.queue()))
          && (kind.equals(ALL) || kind.equals(lane.kind()));
    }
  }

  /**
   * Pauses from the commit on: a claim after it takes none of them.
   *
   * @return false when it was paused already; the first pause's who and why stay
   */
  public boolean pause(String queue, String kind, String pausedBy, String reason) {
    return jdbi.withHandle(
            handle ->
                handle
                    .createUpdate(PAUSE)
                    .bind("queue", queue)
                    .bind("kind", kind)
                    .bind("pausedBy", pausedBy)
                    .bind("reason", reason)
                    .execute())
        == 1;
  }

  /**
   * Lets them be claimed again, within a second.
   *
   * @return false when there was no such pause
   */
  public boolean resume(String queue, String kind) {
    return jdbi.withHandle(
            handle ->
                handle.execute(
                    "DELETE FROM millrace.pauses WHERE queue = ? AND kind = ?", queue, kind))
        == 1;
  }

  /** What is paused, oldest first. */
  public List<Pause> all() {
    return Calls.withHandle(
        jdbi,
        handle -> {
          try (PreparedStatement statement = handle.getConnection().prepareStatement(LIST);
              ResultSet rows = statement.executeQuery()) {
            List<Pause> pauses = new ArrayList<>();
            while (rows.next()) {
              pauses.add(
                  new Pause(
                      rows.getString(1),
                      rows.getString(2),
                      rows.getString(3),
                      rows.getString(4),
                      rows.getObject(5, OffsetDateTime.class).toInstant()));
            }
            return pauses;
          }
        });
  }

  /** Those of the lanes that may be served. */
  public List<Lane> open(List<Lane> lanes) {
    List<Pause> pauses = all();
    return lanes.stream()
        .filter(lane -> pauses.stream().noneMatch(pause -> pause.covers(lane)))
        .toList();
  }
}
