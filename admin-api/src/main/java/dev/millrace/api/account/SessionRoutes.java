package dev.millrace.api.account;

import dev.millrace.api.access.Access;
import dev.millrace.api.access.AccessGate;
import dev.millrace.api.access.AccessRole;
import dev.millrace.api.access.CrossSite;
import dev.millrace.api.access.Permission;
import dev.millrace.api.access.Principal;
import dev.millrace.api.access.SessionCookie;
import dev.millrace.api.access.Sessions;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.JsonBody;
import dev.millrace.api.request.Query;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Signing in and out, and {@code /api/admin/sessions}. */
public final class SessionRoutes {
  private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");
  private static final int MOST_BYTES = 4_096;
  private static final String PASSWORD_REFUSED =
      "there is no such user, its password is another, or it is disabled";
  private static final String LINK_REFUSED =
      "the link was used, is older than five minutes, or its user is disabled";

  private final Jdbi jdbi;
  private final Users users;
  private final Parts parts;

  /** What signing in works with. */
  public record Parts(
      Sessions sessions, PasswordHashes passwords, LoginLimits limits, Audit audit) {}

  public SessionRoutes(Jdbi jdbi, Parts parts) {
    this.jdbi = jdbi;
    this.users = new Users(jdbi);
    this.parts = parts;
  }

  /**
   * The caller itself.
   *
   * @param csrf what changes must have as a header; null: the caller has no session
   */
  record Me(
      String name,
      Principal.Type type,
      AccessRole role,
      Set<Permission> permissions,
      @Nullable String csrf) {}

  /** The answer to a list. */
  record SessionList(List<Sessions.Session> sessions) {
    SessionList {
      sessions = List.copyOf(sessions);
    }
  }

  /** A sign-in by name and password, or by a link: {@code secret} is the one or the other. */
  private record Attempt(Optional<String> name, String secret) {
    @Override
    public String toString() {
      return "Attempt[name=" + name + "]";
    }
  }

  public void addTo(RoutesConfig routes, AccessGate gate) {
    routes.post(AccessGate.LOGIN, this::login, Access.OPEN);
    routes.post(AccessGate.LOGOUT, ctx -> logout(ctx, gate), Access.SIGNED_IN);
    routes.get("/api/admin/me", ctx -> ctx.json(me(ctx)), Access.SIGNED_IN);
    routes.get("/api/admin/sessions", this::list, Access.SIGNED_IN, Query.Taken.QUERY);
    routes.delete("/api/admin/sessions/{id}", ctx -> end(ctx, gate), Access.SIGNED_IN);
  }

  private void login(Context ctx) {
    CrossSite.refuseOtherSite(ctx)
        .ifPresent(
            problem -> {
              throw new ProblemException(problem);
            });
    Attempt attempt = attempt(ctx);
    String name = attempt.name().orElse("sign-in link");
    Audit.Writer writer = parts.audit().signIn(ctx, name);
    parts
        .limits()
        .take(name, writer.caller().address())
        .ifPresent(
            problem -> {
              writer.refused(problem);
              throw new ProblemException(problem);
            });
    Sessions.Client client =
        new Sessions.Client(writer.caller().address(), Optional.ofNullable(ctx.userAgent()));
    Begin begin = new Begin(writer, client, SessionCookie.read(ctx));
    if (attempt.name().isEmpty()) {
      begin(
          ctx,
          begin,
          handle ->
              SignInLinks.use(handle, attempt.secret()).orElseThrow(() -> wrong(LINK_REFUSED)));
      return;
    }
    CompletableFuture<Users.Login> checked =
        parts.passwords().with(() -> check(name, attempt.secret(), writer));
    ctx.future(
        () ->
            checked.thenAccept(
                login -> begin(ctx, begin, handle -> new SignInLinks.Used(name, login))));
  }

  private static Attempt attempt(Context ctx) {
    JsonBody body = JsonBody.read(ctx, MOST_BYTES, Set.of("name", "password", "link"));
    Optional<String> name = body.text("name", 100);
    Optional<String> password = body.text("password", PasswordHashes.LONGEST);
    Optional<String> link = body.text("link", 100);
    if (link.isEmpty()) {
      body.require("name", "the name of a user");
      body.require("password", "its password");
    } else if (name.isPresent() || password.isPresent()) {
      body.refuse("link", "link signs in alone, without name and password");
    }
    body.check();
    return new Attempt(name, link.or(() -> password).orElseThrow());
  }

  private Users.Login check(String name, String password, Audit.Writer writer) {
    Optional<Users.Login> login = users.login(name);
    if (parts.passwords().matches(password, login.map(Users.Login::passwordHash))) {
      return login.orElseThrow();
    }
    throw refused(writer, wrong(PASSWORD_REFUSED));
  }

  private static ProblemException wrong(String detail) {
    return new ProblemException(Problem.of(401, "wrong_credentials", "Unauthorized", detail));
  }

  private static ProblemException refused(Audit.Writer writer, ProblemException refusal) {
    writer.refused(refusal.problem());
    return refusal;
  }

  private record Begin(Audit.Writer writer, Sessions.Client client, Optional<String> before) {}

  private record Begun(String token, String user, AccessRole role) {}

  /** A session that the client had before ends: its token may be known to another. */
  private void begin(Context ctx, Begin begin, Function<Handle, SignInLinks.Used> identified) {
    Begun begun;
    try {
      begun = jdbi.inTransaction(handle -> begin(handle, begin, identified.apply(handle)));
    } catch (ProblemException e) {
      throw refused(begin.writer(), e);
    }
    SessionCookie.write(ctx, begun.token());
    ctx.json(
        new Me(
            begun.user(),
            Principal.Type.USER,
            begun.role(),
            begun.role().permissions(),
            CrossSite.token(begun.token())));
  }

  private Begun begin(Handle handle, Begin begin, SignInLinks.Used identified) {
    String user = identified.user();
    Users.Login login = identified.login();
    String token =
        parts
            .sessions()
            .begin(handle, user, login.passwordHash(), begin.client())
            .orElseThrow(() -> wrong(PASSWORD_REFUSED));
    begin.before().ifPresent(old -> Sessions.end(handle, old));
    begin.writer().signedIn(user, login.role()).allowed(handle, null, null);
    return new Begun(token, user, login.role());
  }

  private void logout(Context ctx, AccessGate gate) {
    Principal caller = Principal.of(ctx);
    JsonBody.skip(ctx);
    caller.session().ifPresent(id -> endOwn(ctx, id));
    gate.forget();
    SessionCookie.clear(ctx);
    ctx.status(204);
  }

  private void endOwn(Context ctx, long id) {
    Optional<String> unused =
        parts
            .audit()
            .run(
                ctx,
                Command.of("session.end", Long.toString(id)),
                handle -> Effect.of(Sessions.end(handle, id, Optional.empty()), null));
  }

  private static Me me(Context ctx) {
    Principal caller = Principal.of(ctx);
    return new Me(
        caller.name(),
        caller.type(),
        caller.role(),
        caller.permissions(),
        caller.session().flatMap(id -> SessionCookie.read(ctx)).map(CrossSite::token).orElse(null));
  }

  private void list(Context ctx) {
    Query query = Query.of(ctx, List.of("user"));
    Principal caller = Principal.of(ctx);
    Optional<String> user = query.text("user");
    boolean own = caller.type() == Principal.Type.USER && user.isEmpty();
    if (own) {
      user = Optional.of(caller.name());
    } else if (!caller.permissions().contains(Permission.ADMINISTER)
        && user.filter(caller.name()::equals).isEmpty()) {
      throw new ProblemException(AccessGate.forbidden(caller, Permission.ADMINISTER));
    }
    ctx.json(new SessionList(parts.sessions().list(user)));
  }

  private void end(Context ctx, AccessGate gate) {
    String id = ctx.pathParam("id");
    Principal caller = Principal.of(ctx);
    boolean anyones = caller.permissions().contains(Permission.ADMINISTER);
    if (!ID.matcher(id).matches() || (!anyones && caller.type() != Principal.Type.USER)) {
      throw absent(id);
    }
    String unused =
        parts
            .audit()
            .run(
                ctx,
                Command.of("session.end", id),
                handle ->
                    Sessions.end(
                            handle,
                            Long.parseLong(id),
                            anyones ? Optional.empty() : Optional.of(caller.name()))
                        .map(user -> new Effect<>(user, user, null))
                        .orElseThrow(() -> absent(id)));
    gate.forget();
    if (caller.session().filter(own -> Long.toString(own).equals(id)).isPresent()) {
      SessionCookie.clear(ctx);
    }
    ctx.status(204);
  }

  private static ProblemException absent(String id) {
    return Problems.notFound("no session '" + Problems.cut(id) + "'");
  }
}
