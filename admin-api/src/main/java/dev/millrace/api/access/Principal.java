package dev.millrace.api.access;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.millrace.job.NewJob;
import io.javalin.http.Context;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The caller of a request.
 *
 * @param name of the user or of the key; {@code admin} for the admin key; {@code oidc:ISSUER
 *     SUBJECT}
 * @param enqueues which jobs it may enqueue, if any
 * @param session empty: it is called with a key
 */
public record Principal(
    Type type,
    String name,
    AccessRole role,
    Set<Permission> permissions,
    Enqueues enqueues,
    Optional<Long> session) {
  /** The caller that has the admin key. */
  public static final Principal ADMIN_KEY =
      new Principal(
          Type.ADMIN_KEY,
          "admin",
          AccessRole.ADMIN,
          AccessRole.ADMIN.permissions(),
          Enqueues.ANY,
          Optional.empty());

  private static final String ATTRIBUTE = Principal.class.getName();

  public Principal {
    permissions = Collections.unmodifiableSet(EnumSet.copyOf(permissions));
  }

  /** A user who has signed in. */
  static Principal user(String name, AccessRole role, long session) {
    return new Principal(
        Type.USER, name, role, role.permissions(), Enqueues.ANY, Optional.of(session));
  }

  /** What a caller authenticates itself with. */
  public enum Type {
    ADMIN_KEY,
    API_KEY,
    /** A token of an OpenID Connect issuer. */
    OIDC,
    USER;

    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The jobs that may be enqueued.
   *
   * @param kinds empty: any
   * @param queues empty: any
   */
  public record Enqueues(Set<String> kinds, Set<String> queues) {
    /** Every job. */
    public static final Enqueues ANY = new Enqueues(Set.of(), Set.of());

    public Enqueues {
      kinds = Set.copyOf(kinds);
      queues = Set.copyOf(queues);
    }

    /** Whether it may be enqueued, with the callbacks that follow it. */
    public boolean allow(NewJob job) {
      return (kinds.isEmpty() || kinds.contains(job.kind()))
          && (queues.isEmpty() || queues.contains(job.queue()))
          && job.options().callback().map(this::allow).orElse(true);
    }
  }

  void remember(Context ctx) {
    ctx.attribute(ATTRIBUTE, this);
  }

  /** The caller of a request to a route that is not open. */
  public static Principal of(Context ctx) {
    return find(ctx).orElseThrow(() -> new IllegalStateException("the route is open"));
  }

  static Optional<Principal> find(Context ctx) {
    return Optional.ofNullable(ctx.<Principal>attribute(ATTRIBUTE));
  }

  /**
   * The name that a change is recorded under: a machine may act for a person that it names, a user
   * and the holder of a token act for themselves.
   */
  public String actingFor(Optional<String> named) {
    return type == Type.USER || type == Type.OIDC ? name : named.orElse(name);
  }
}
