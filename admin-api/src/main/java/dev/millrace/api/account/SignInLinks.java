package dev.millrace.api.account;

import dev.millrace.api.access.AccessRole;
import dev.millrace.api.access.Secrets;
import dev.millrace.db.Sql;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Links that sign a user in once, within five minutes, without its password. Only the SHA-256 of a
 * link is stored.
 */
final class SignInLinks {
  /** The user of the first sign-in: its first link makes it, without a password. */
  static final String FIRST_USER = "admin";

  static final Duration VALID = Duration.ofMinutes(5);
  private static final String MAKE = Sql.of(SignInLinks.class, "make");
  private static final String USE = Sql.of(SignInLinks.class, "use");

  private SignInLinks() {}

  /**
   * A new link.
   *
   * @param link the secret, shown once
   */
  record Made(String link, Instant expiresAt) {
    @Override
    public String toString() {
      return "Made[link=***, expiresAt=" + expiresAt + "]";
    }
  }

  /** The user of a link, and what its session is begun with. */
  record Used(String user, Users.Login login) {}

  /** Makes a link; empty when there is no such user, or it is disabled. */
  static Optional<Made> make(Handle handle, String user) {
    if (user.equals(FIRST_USER)) {
      Users.add(handle, FIRST_USER, AccessRole.ADMIN, PasswordHashes.ofNoPassword());
    }
    String link = Secrets.random();
    return handle
        .createQuery(MAKE)
        .bind("tokenHash", Secrets.sha256(link))
        .bind("user", user)
        .bind("seconds", VALID.toSeconds())
        .mapTo(OffsetDateTime.class)
        .findOne()
        .map(expires -> new Made(link, expires.toInstant()));
  }

  /** Uses a link; empty when it is unknown, was used, has expired, or its user is disabled. */
  static Optional<Used> use(Handle handle, String link) {
    return handle
        .createQuery(USE)
        .bind("tokenHash", Secrets.sha256(link))
        .map(
            (row, context) ->
                new Used(
                    row.getString("name"),
                    new Users.Login(
                        AccessRole.of(row.getString("role")), row.getString("password_hash"))))
        .findOne();
  }
}
