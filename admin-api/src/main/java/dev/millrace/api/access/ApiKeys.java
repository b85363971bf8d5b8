package dev.millrace.api.access;

import dev.millrace.db.Sql;
import java.security.MessageDigest;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Keys of machines, {@code mr_ID_SECRET}. Of the secret only the SHA-256 is stored: it has 256
 * random bits, so that a slow hash would add nothing. Thread-safe.
 */
public final class ApiKeys {
  /** What every such key begins with. */
  public static final String PREFIX = "mr_";

  private static final Pattern KEY = Pattern.compile("mr_([a-z0-9]{12})_([A-Za-z0-9_-]{43})");
  private static final String FIND = Sql.of(ApiKeys.class, "find");
  private static final String USED = Sql.of(ApiKeys.class, "used");
  private static final String ADD = Sql.of(ApiKeys.class, "add");
  private static final String ALL = Sql.of(ApiKeys.class, "all");
  private static final String REVOKE = Sql.of(ApiKeys.class, "revoke");

  private final Jdbi jdbi;

  public ApiKeys(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * A key as it is shown: without its secret.
   *
   * @param kinds null: any
   * @param queues null: any
   * @param lastUsedAt exact to a minute
   */
  public record ApiKey(
      String id,
      String name,
      AccessRole role,
      List<Scope> scopes,
      @Nullable List<String> kinds,
      @Nullable List<String> queues,
      String createdBy,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant lastUsedAt,
      @Nullable Instant revokedAt) {}

  /** A key that is to be made; an empty set of kinds or queues allows any. */
  public record Wanted(
      String name,
      AccessRole role,
      Set<Scope> scopes,
      Principal.Enqueues enqueues,
      Optional<Instant> expiresAt) {
    public Wanted {
      scopes = Set.copyOf(scopes);
    }
  }

  /**
   * A new key.
   *
   * @param key shown once: it is stored nowhere
   */
  public record Made(String key, ApiKey stored) {
    @Override
    public String toString() {
      return "Made[key=***, stored=" + stored + "]";
    }
  }

  private record Stored(boolean unusedForAMinute, Principal principal) {}

  /** The caller that has this key; empty when it is wrong, revoked or expired. */
  Optional<Principal> find(String key) {
    Matcher parts = KEY.matcher(key);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String id = parts.group(1);
    byte[] secretHash = Secrets.sha256(parts.group(2));
    Optional<Stored> stored =
        jdbi.withHandle(
                handle ->
                    handle
                        .createQuery(FIND)
                        .bind("id", id)
                        .map((row, context) -> stored(row, secretHash))
                        .findOne())
            .flatMap(Function.identity());
    stored
        .filter(Stored::unusedForAMinute)
        .ifPresent(
            found ->
                Secrets.unlessReadOnly(
                    () ->
                        jdbi.useHandle(
                            handle -> handle.createUpdate(USED).bind("id", id).execute())));
    return stored.map(Stored::principal);
  }

  /** Empty when the secret of the row is another. */
  private static Optional<Stored> stored(ResultSet row, byte[] secretHash) throws SQLException {
    if (!MessageDigest.isEqual(row.getBytes("secret_hash"), secretHash)) {
      return Optional.empty();
    }
    AccessRole role = AccessRole.of(row.getString("role"));
    Set<Scope> scopes = texts(row, "scopes").stream().map(Scope::of).collect(Collectors.toSet());
    Principal.Enqueues enqueues =
        new Principal.Enqueues(Set.copyOf(texts(row, "kinds")), Set.copyOf(texts(row, "queues")));
    Principal principal =
        new Principal(
            Principal.Type.API_KEY,
            row.getString("name"),
            role,
            Scope.within(role, scopes),
            enqueues,
            Optional.empty());
    return Optional.of(new Stored(row.getBoolean("unused_for_a_minute"), principal));
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }

  /** Makes a key; empty when another that is not revoked has its name. */
  public static Optional<Made> add(Handle handle, Wanted wanted, String createdBy) {
    String id = Secrets.shortId();
    String secret = Secrets.random();
    Optional<ApiKey> stored =
        handle
            .createQuery(ADD)
            .bind("id", id)
            .bind("secretHash", Secrets.sha256(secret))
            .bind("name", wanted.name())
            .bind("role", wanted.role().text())
            .bindArray("scopes", String.class, wanted.scopes().stream().map(Scope::text).toList())
            .bindArray("kinds", String.class, List.copyOf(wanted.enqueues().kinds()))
            .bindArray("queues", String.class, List.copyOf(wanted.enqueues().queues()))
            .bind("createdBy", createdBy)
            .bind("expiresAt", wanted.expiresAt().orElse(null))
            .map((row, context) -> shown(row))
            .findOne();
    return stored.map(key -> new Made(PREFIX + id + "_" + secret, key));
  }

  /** All keys, newest first. */
  public List<ApiKey> all() {
    return jdbi.withHandle(
        handle -> handle.createQuery(ALL).map((row, context) -> shown(row)).list());
  }

  /**
   * Revokes a key, from the commit on in every process.
   *
   * @return empty when there is none, or it was revoked before
   */
  public static Optional<ApiKey> revoke(Handle handle, String id) {
    return handle.createQuery(REVOKE).bind("id", id).map((row, context) -> shown(row)).findOne();
  }

  private static ApiKey shown(ResultSet row) throws SQLException {
    return new ApiKey(
        row.getString("id"),
        row.getString("name"),
        AccessRole.of(row.getString("role")),
        texts(row, "scopes").stream().map(Scope::of).toList(),
        orNull(row, "kinds"),
        orNull(row, "queues"),
        row.getString("created_by"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        moment(row, "expires_at"),
        moment(row, "last_used_at"),
        moment(row, "revoked_at"));
  }

  private static @Nullable List<String> orNull(ResultSet row, String column) throws SQLException {
    return row.getArray(column) == null ? null : texts(row, column);
  }

  private static @Nullable Instant moment(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }
}
