package dev.millrace.api.account;

import dev.millrace.api.access.AccessGate;
import dev.millrace.api.access.AccessRole;
import dev.millrace.api.access.ApiKeys;
import dev.millrace.api.access.Permission;
import dev.millrace.api.access.Principal;
import dev.millrace.api.access.Scope;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.JsonBody;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** {@code /api/admin/keys}: the keys of machines. */
public final class KeyRoutes {
  private static final int MOST_BYTES = 64 * 1024;
  private static final int LONGEST_NAME = 100;
  private static final int MOST_DAYS = 3_650;

  private final ApiKeys keys;
  private final Audit audit;

  public KeyRoutes(ApiKeys keys, Audit audit) {
    this.keys = keys;
    this.audit = audit;
  }

  /** The answer to a list. */
  record KeyList(List<ApiKeys.ApiKey> keys) {
    KeyList {
      keys = List.copyOf(keys);
    }
  }

  public void addTo(RoutesConfig routes, AccessGate gate) {
    routes.get("/api/admin/keys", ctx -> ctx.json(new KeyList(keys.all())), Permission.ADMINISTER);
    routes.post("/api/admin/keys", this::add, Permission.ADMINISTER);
    routes.delete("/api/admin/keys/{id}", ctx -> revoke(ctx, gate), Permission.ADMINISTER);
  }

  private void add(Context ctx) {
    ApiKeys.Wanted wanted = wanted(ctx);
    ApiKeys.Made made =
        audit.run(
            ctx,
            Command.of("key.add", wanted.name()),
            handle -> {
              ApiKeys.Made key =
                  ApiKeys.add(handle, wanted, Principal.of(ctx).name())
                      .orElseThrow(() -> taken(wanted.name()));
              return Effect.of(key, key.stored());
            });
    ctx.status(201).json(made);
  }

  private static ProblemException taken(String name) {
    return new ProblemException(
        Problems.conflict(
            "name_taken", "there is a key '" + Problems.cut(name) + "' that is not revoked"));
  }

  private static ApiKeys.Wanted wanted(Context ctx) {
    JsonBody body =
        JsonBody.read(
            ctx,
            MOST_BYTES,
            Set.of("name", "role", "scopes", "kinds", "queues", "expires_in_days"));
    Optional<String> name = body.text("name", LONGEST_NAME);
    Optional<String> role = body.oneOf("role", AccessRole.texts());
    List<String> scopes = body.texts("scopes", LONGEST_NAME).orElse(List.of());
    Set<String> kinds = names(body, "kinds", JobKind.NAME.asMatchPredicate());
    Set<String> queues = names(body, "queues", NewJob.QUEUE.asMatchPredicate());
    OptionalInt days =
        body.integer("expires_in_days", 1, MOST_DAYS, "an integer from 1 to " + MOST_DAYS);
    body.require("name", "text of at most " + LONGEST_NAME + " characters");
    body.require("role", "one of " + String.join(", ", AccessRole.texts()));
    if (scopes.isEmpty() || !Scope.texts().containsAll(scopes)) {
      body.refuse("scopes", "scopes must be a list of some of " + String.join(", ", Scope.texts()));
    }
    body.check();
    return new ApiKeys.Wanted(
        name.orElseThrow(),
        AccessRole.of(role.orElseThrow()),
        scopes.stream().map(Scope::of).collect(Collectors.toSet()),
        new Principal.Enqueues(kinds, queues),
        days.isPresent() ? Optional.of(in(days.getAsInt())) : Optional.empty());
  }

  private static Instant in(int days) {
    return InstantSource.system().instant().plus(Duration.ofDays(days));
  }

  private static Set<String> names(JsonBody body, String field, Predicate<String> valid) {
    List<String> names = body.texts(field, LONGEST_NAME).orElse(List.of());
    if (!names.stream().allMatch(valid)) {
      body.refuse(field, field + " must be names of " + field);
    }
    return Set.copyOf(names);
  }

  private void revoke(Context ctx, AccessGate gate) {
    String id = ctx.pathParam("id");
    ApiKeys.ApiKey unused =
        audit.run(
            ctx,
            Command.of("key.revoke", id),
            handle ->
                ApiKeys.revoke(handle, id)
                    .map(key -> Effect.of(key, key))
                    .orElseThrow(
                        () ->
                            Problems.notFound(
                                "no key '" + Problems.cut(id) + "', or it is revoked")));
    gate.forget();
    ctx.status(204);
  }
}
