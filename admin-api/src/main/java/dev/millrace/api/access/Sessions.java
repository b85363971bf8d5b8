package dev.millrace.api.access;

import dev.millrace.db.Sql;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of users who have signed in: rows of Postgres, so that they hold in every process
 * and outlive Redis. A session ends when it is idle or old, at a sign-out, and with its user; of
 * its token only the SHA-256 is stored. Thread-safe.
 */
public final class Sessions {
  private static final String FIND = Sql.of(Sessions.class, "find");
  private static final String SEEN = Sql.of(Sessions.class, "seen");
  private static final String BEGIN = Sql.of(Sessions.class, "begin");
  private static final String LIST = Sql.of(Sessions.class, "list");
  private static final String END = Sql.of(Sessions.class, "end");
  private static final String END_ALL = Sql.of(Sessions.class, "endAll");
  private static final String END_TOKEN = Sql.of(Sessions.class, "endToken");

  private final Jdbi jdbi;
  private final AccessRules rules;

  public Sessions(Jdbi jdbi, AccessRules rules) {
    this.jdbi = jdbi;
    this.rules = rules;
  }

  /**
   * A session as it is shown.
   *
   * @param lastSeenAt exact to a minute
   * @param agent what the client called itself
   */
  public record Session(
      String id,
      String userName,
      Instant createdAt,
      Instant lastSeenAt,
      Instant expiresAt,
      String address,
      @Nullable String agent) {}

  /** Where a session was begun from. */
  public record Client(String address, Optional<String> agent) {}

  private record Found(long id, boolean unseenForAMinute, Principal principal) {}

  /** The user of the session with this token; empty when it has ended. */
  Optional<Principal> find(String token) {
    byte[] hash = Secrets.sha256(token);
    Optional<Found> found =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(FIND)
                    .bind("tokenHash", hash)
                    .bind("idleSeconds", rules.sessionIdle().toSeconds())
                    .map(
                        (row, context) ->
                            new Found(
                                row.getLong("id"),
                                row.getBoolean("unseen_for_a_minute"),
                                Principal.user(
                                    row.getString("user_name"),
                                    AccessRole.of(row.getString("role")),
                                    row.getLong("id"))))
                    .findOne());
    found
        .filter(Found::unseenForAMinute)
        .ifPresent(
            session ->
                Secrets.unlessReadOnly(
                    () ->
                        jdbi.useHandle(
                            handle ->
                                handle.createUpdate(SEEN).bind("id", session.id()).execute())));
    return found.map(Found::principal);
  }

  /**
   * Begins a session.
   *
   * @param passwordHash that the password was checked against
   * @return its token, which no session had before; empty when the user has another password by
   *     now, or is disabled
   */
  public Optional<String> begin(Handle handle, String user, String passwordHash, Client client) {
    String token = Secrets.random();
    int begun =
        handle
            .createUpdate(BEGIN)
            .bind("tokenHash", Secrets.sha256(token))
            .bind("user", user)
            .bind("passwordHash", passwordHash)
            .bind("longestSeconds", rules.sessionLongest().toSeconds())
            .bind("address", client.address())
            .bind("agent", client.agent().orElse(null))
            .execute();
    return begun == 1 ? Optional.of(token) : Optional.empty();
  }

  /** The sessions that have not ended, of one user or of all, newest first; 1,000 at most. */
  public List<Session> list(Optional<String> user) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(LIST)
                .bind("user", user.orElse(null))
                .bind("idleSeconds", rules.sessionIdle().toSeconds())
                .map(ConstructorMapper.of(Session.class))
                .list());
  }

  /**
   * Ends a session.
   *
   * @param user whose it must be; empty: of any user
   * @return its user; empty when there is no such session
   */
  public static Optional<String> end(Handle handle, long id, Optional<String> user) {
    return handle
        .createQuery(END)
        .bind("id", id)
        .bind("user", user.orElse(null))
        .mapTo(String.class)
        .findOne();
  }

  /** Ends the session of a token, if there is one. */
  public static void end(Handle handle, String token) {
    int unused = handle.createUpdate(END_TOKEN).bind("tokenHash", Secrets.sha256(token)).execute();
  }

  /** Ends all sessions of a user; returns how many there were. */
  public static int endAll(Handle handle, String user) {
    return handle.createUpdate(END_ALL).bind("user", user).execute();
  }
}
