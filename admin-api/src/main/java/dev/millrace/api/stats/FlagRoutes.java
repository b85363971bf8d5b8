package dev.millrace.api.stats;

import dev.millrace.api.access.Permission;
import dev.millrace.api.access.Principal;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.Command;
import dev.millrace.api.audit.Effect;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.JsonBody;
import dev.millrace.stats.Event;
import dev.millrace.stats.Flag;
import dev.millrace.stats.Flags;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** {@code /api/admin/flags}: the switches over stats jobs, read and changed while all runs. */
public final class FlagRoutes {
  private static final Logger log = LoggerFactory.getLogger(FlagRoutes.class);
  private static final Set<String> FIELDS = Set.of("enabled", "reason", "by");
  private static final int MAX_BODY = 16 * 1024;
  private static final int MAX_REASON = 500;
  private static final int MAX_NAME = 100;

  private final Flags flags;

  private final Audit audit;

  public FlagRoutes(Flags flags, Audit audit) {
    this.audit = audit;
    this.flags = flags;
  }

  /** The answer to a list. */
  record FlagList(List<Flags.State> flags) {
    FlagList {
      flags = List.copyOf(flags);
    }
  }

  public void addTo(RoutesConfig routes) {
    routes.get("/api/admin/flags", ctx -> ctx.json(new FlagList(flags.all())), Permission.READ);
    routes.get("/api/admin/flags/{flag}", ctx -> ctx.json(flags.of(named(ctx))), Permission.READ);
    routes.put("/api/admin/flags/{flag}", this::set, Permission.CHANGE_FLAGS);
    routes.delete("/api/admin/flags/{flag}", this::clear, Permission.CHANGE_FLAGS);
  }

  private void set(Context ctx) {
    Flag flag = named(ctx);
    JsonBody body = JsonBody.read(ctx, MAX_BODY, FIELDS);
    Optional<Boolean> enabled = body.bool("enabled");
    Optional<String> reason = body.text("reason", MAX_REASON);
    Optional<String> by = body.text("by", MAX_NAME);
    body.require("enabled", "true or false");
    body.check();
    String why = Command.requiredReason(ctx, reason);
    String who = Principal.of(ctx).actingFor(by);
    changed(
        ctx,
        flag,
        new Command("flag.set", flag.name(), Optional.of(why)),
        () -> flags.set(flag, enabled.orElseThrow(), why, who));
  }

  private void clear(Context ctx) {
    Flag flag = named(ctx);
    String why = Command.requiredReason(ctx, Optional.empty());
    changed(
        ctx,
        flag,
        new Command("flag.clear", flag.name(), Optional.of(why)),
        () -> flags.clear(flag));
  }

  private void changed(Context ctx, Flag flag, Command command, Supplier<Flags.State> change) {
    answer(
        ctx,
        audit.run(
            ctx,
            command,
            handle -> {
              Flags.State before = flags.of(flag);
              Flags.State after = change.get();
              return new Effect<>(after, before, after);
            }));
  }

  private static void answer(Context ctx, Flags.State state) {
    Event.of("flag changed")
        .with("flag", state.flag())
        .with("enabled", state.enabled())
        .with("source", state.source())
        .with("by", state.changedBy())
        .log(log, Level.INFO);
    ctx.json(state);
  }

  private static Flag named(Context ctx) {
    String name = ctx.pathParam("flag");
    return Flag.of(name)
        .orElseThrow(
            () ->
                new ProblemException(
                    Problem.of(
                            404,
                            "not_found",
                            "Not Found",
                            "no flag '"
                                + Problems.cut(name)
                                + "'; there are "
                                + String.join(", ", Flag.names()))
                        .with("allowed", Flag.names())));
  }
}
