package dev.millrace.api.account;

import dev.millrace.api.access.AccessGate;
import dev.millrace.api.access.AccessRole;
import dev.millrace.api.access.Permission;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.JsonBody;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** {@code /api/admin/users}. */
public final class UserRoutes {
  private static final int MOST_BYTES = 4_096;

  private final Users users;
  private final PasswordHashes passwords;
  private final Audit audit;

  public UserRoutes(Jdbi jdbi, PasswordHashes passwords, Audit audit) {
    this.users = new Users(jdbi);
    this.passwords = passwords;
    this.audit = audit;
  }

  /** The answer to a list. */
  record UserList(List<Users.User> users) {
    UserList {
      users = List.copyOf(users);
    }
  }

  public void addTo(RoutesConfig routes, AccessGate gate) {
    String user = "/api/admin/users/{name}";
    routes.get(
        "/api/admin/users", ctx -> ctx.json(new UserList(users.all())), Permission.ADMINISTER);
    routes.post("/api/admin/users", this::add, Permission.ADMINISTER);
    routes.post(user + "/disable", ctx -> disable(ctx, gate), Permission.ADMINISTER);
    routes.post(user + "/link", this::link, Permission.ADMINISTER);
    routes.post(user + "/password", ctx -> password(ctx, gate), Permission.ADMINISTER);
  }

  private void add(Context ctx) {
    JsonBody body = JsonBody.read(ctx, MOST_BYTES, Set.of("name", "role", "password"));
    Optional<String> name = body.text("name", 100);
    Optional<String> role = body.oneOf("role", AccessRole.texts());
    name.filter(text -> !Users.NAME.matcher(text).matches())
        .ifPresent(
            text -> body.refuse("name", "name must match " + Users.NAME + ", was '" + text + "'"));
    body.require("name", "a name that matches " + Users.NAME);
    body.require("role", "one of " + String.join(", ", AccessRole.texts()));
    String password = password(body);
    ctx.status(201);
    hashed(
        ctx,
        Command.of("user.add", name.orElseThrow()),
        password,
        (handle, hash) -> {
          Users.User added =
              Users.add(handle, name.orElseThrow(), AccessRole.of(role.orElseThrow()), hash)
                  .orElseThrow(() -> taken(name.orElseThrow()));
          return Effect.of(added, added);
        },
        () -> {});
  }

  private static ProblemException taken(String name) {
    return new ProblemException(
        Problems.conflict("name_taken", "there is a user '" + name + "' already"));
  }

  /** Checks the whole body. */
  private static String password(JsonBody body) {
    Optional<String> password = body.text("password", PasswordHashes.LONGEST);
    password
        .filter(text -> text.codePointCount(0, text.length()) < PasswordHashes.SHORTEST)
        .ifPresent(
            text ->
                body.refuse(
                    "password",
                    "password must have at least " + PasswordHashes.SHORTEST + " characters"));
    body.require("password", "text of at least " + PasswordHashes.SHORTEST + " characters");
    body.check();
    return password.orElseThrow();
  }

  private void hashed(
      Context ctx,
      Command command,
      String password,
      BiFunction<Handle, String, Effect<Users.User>> change,
      Runnable then) {
    CompletableFuture<String> hash = passwords.with(() -> PasswordHashes.hash(password));
    ctx.future(
        () ->
            hash.thenAccept(
                made -> {
                  ctx.json(audit.run(ctx, command, handle -> change.apply(handle, made)));
                  then.run();
                }));
  }

  private void disable(Context ctx, AccessGate gate) {
    JsonBody.skip(ctx);
    String name = ctx.pathParam("name");
    ctx.json(
        audit.run(
            ctx,
            Command.of("user.disable", name),
            handle ->
                Users.disable(handle, name)
                    .map(user -> Effect.of(user, user))
                    .orElseThrow(() -> absent(name))));
    gate.forget();
  }

  private void link(Context ctx) {
    JsonBody.skip(ctx);
    String name = ctx.pathParam("name");
    SignInLinks.Made made =
        audit.run(
            ctx,
            Command.of("user.link", name),
            handle ->
                SignInLinks.make(handle, name)
                    .map(link -> Effect.of(link, link.expiresAt()))
                    .orElseThrow(() -> absent(name)));
    ctx.status(201).json(made);
  }

  private void password(Context ctx, AccessGate gate) {
    String name = ctx.pathParam("name");
    String password = password(JsonBody.read(ctx, MOST_BYTES, Set.of("password")));
    hashed(
        ctx,
        Command.of("user.password", name),
        password,
        (handle, hash) ->
            Users.password(handle, name, hash)
                .map(user -> Effect.of(user, user))
                .orElseThrow(() -> absent(name)),
        gate::forget);
  }

  private static ProblemException absent(String name) {
    return Problems.notFound("no user '" + Problems.cut(name) + "', or it is disabled");
  }
}
