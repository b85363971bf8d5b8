package dev.millrace.queue;

import dev.millrace.db.Sql;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/**
 * Pauses of queues and kinds: kept in Postgres, so that they outlive every process, and looked at
 * by every claim.
 */
public final class Pauses {
  /** Stands for every queue, or every kind. */
  public static final String ALL = "*";

  /** Every claim and every queue worker looks through them, so there are no more. */
  public static final int MAX_PAUSES = 1_000;

  private static final String PAUSE = Sql.of(Pauses.class, "pause");
  private static final String ALL_LANES = Sql.of(Pauses.class, "all");
  private static final String PAGE = Sql.of(Pauses.class, "page");
  private static final String FIND = Sql.of(Pauses.class, "find");

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
  public record Pause(
      String queue, String kind, String pausedBy, String reason, Instant pausedAt) {}

  /** What a pause stands for. */
  private record Paused(String queue, String kind) {
    boolean covers(Lane lane) {
      return (queue.equals(ALL) || queue.equals(lane.queue()))
          && (kind.equals(ALL) || kind.equals(lane.kind()));
    }
  }

  /**
   * Pauses from the commit on: a claim after it takes none of them.
   *
   * @return false when it was paused already, and the first pause's who and why stay; or when there
   *     are {@link #MAX_PAUSES} pauses, and {@link #find} finds none
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
                    .bind("most", MAX_PAUSES)
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

  /** The pause of exactly these, if there is one. */
  public Optional<Pause> find(String queue, String kind) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(FIND)
                .bind("queue", queue)
                .bind("kind", kind)
                .map(ConstructorMapper.of(Pause.class))
                .findOne());
  }

  /**
   * What is paused, oldest first.
   *
   * @param after only what was paused after then: how the list is continued
   * @param most the size of the page; exceeded only if several were paused in the microsecond of
   *     the last
   */
  public List<Pause> page(Instant after, int most) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(PAGE)
                .bind("after", after)
                .bind("most", most)
                .map(ConstructorMapper.of(Pause.class))
                .list());
  }

  private List<Paused> all() {
    return Calls.withHandle(
        jdbi,
        handle -> {
          try (PreparedStatement statement = handle.getConnection().prepareStatement(ALL_LANES);
              ResultSet rows = statement.executeQuery()) {
            List<Paused> pauses = new ArrayList<>();
            while (rows.next()) {
              pauses.add(new Paused(rows.getString(1), rows.getString(2)));
            }
            return pauses;
          }
        });
  }

  /** Those of the lanes that may be served. */
  public List<Lane> open(List<Lane> lanes) {
    List<Paused> pauses = all();
    return lanes.stream()
        .filter(lane -> pauses.stream().noneMatch(pause -> pause.covers(lane)))
        .toList();
  }
}
