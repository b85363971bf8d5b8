package dev.millrace.api.account;

import dev.millrace.api.access.AccessRole;
import dev.millrace.api.access.Sessions;
import dev.millrace.db.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The people who may sign in. Thread-safe. */
final class Users {
  static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._@-]{0,99}");

  private static final String ADD = Sql.of(Users.class, "add");
  private static final String ALL = Sql.of(Users.class, "all");
  private static final String LOGIN = Sql.of(Users.class, "login");
  private static final String DISABLE = Sql.of(Users.class, "disable");
  private static final String PASSWORD = Sql.of(Users.class, "password");

  private final Jdbi jdbi;

  Users(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** A user as it is shown. */
  record User(String name, AccessRole role, Instant createdAt, @Nullable Instant disabledAt) {}

  /** What a sign-in is checked against. */
  record Login(AccessRole role, String passwordHash) {
    @Override
    public String toString() {
      return "Login[role=" + role + "]";
    }
  }

  List<User> all() {
    return jdbi.withHandle(
        handle -> handle.createQuery(ALL).map((row, context) -> user(row)).list());
  }

  /** A user who is not disabled. */
  Optional<Login> login(String name) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(LOGIN)
                .bind("name", name)
                .map(
                    (row, context) ->
                        new Login(
                            AccessRole.of(row.getString("role")), row.getString("password_hash")))
                .findOne());
  }

  /** Adds a user; empty when the name is taken. */
  static Optional<User> add(Handle handle, String name, AccessRole role, String passwordHash) {
    return handle
        .createQuery(ADD)
        .bind("name", name)
        .bind("role", role.text())
        .bind("passwordHash", passwordHash)
        .map((row, context) -> user(row))
        .findOne();
  }

  /** Disables a user and ends its sessions; empty when there is none who was not. */
  static Optional<User> disable(Handle handle, String name) {
    Optional<User> user =
        handle.createQuery(DISABLE).bind("name", name).map((row, context) -> user(row)).findOne();
    user.ifPresent(disabled -> Sessions.endAll(handle, disabled.name()));
    return user;
  }

  /** Gives a user another password, ends its sessions and enables it; empty: there is none. */
  static Optional<User> password(Handle handle, String name, String passwordHash) {
    Optional<User> user =
        handle
            .createQuery(PASSWORD)
            .bind("name", name)
            .bind("passwordHash", passwordHash)
            .map((row, context) -> user(row))
            .findOne();
    user.ifPresent(changed -> Sessions.endAll(handle, changed.name()));
    return user;
  }

  private static User user(ResultSet row) throws SQLException {
    OffsetDateTime disabled = row.getObject("disabled_at", OffsetDateTime.class);
    return new User(
        row.getString("name"),
        AccessRole.of(row.getString("role")),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        disabled == null ? null : disabled.toInstant());
  }
}
