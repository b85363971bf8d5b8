package dev.millrace.api.audit;

import dev.millrace.api.access.AccessGate;
import dev.millrace.api.access.AccessRole;
import dev.millrace.api.access.TrustedProxies;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.db.Outage;
import dev.millrace.db.Sql;
import dev.millrace.json.Json;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the audit. Thread-safe. */
public final class Audit implements AccessGate.RefusalLog {
  private static final Logger log = LoggerFactory.getLogger(Audit.class);
  private static final String ADD = Sql.of(Audit.class, "add");

  /** A caller that is refused over and over must not fill the disk. */
  static final int MOST_REFUSALS = 300;

  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final Jdbi jdbi;
  private final TrustedProxies proxies;
  private long minute = Long.MIN_VALUE;
  private int refusals;

  public Audit(Jdbi jdbi, TrustedProxies proxies) {
    this.jdbi = jdbi;
    this.proxies = proxies;
  }

  /**
   * Does a command and writes it, in one transaction. Every statement that {@code work} has run on
   * this thread through the same {@link Jdbi} is part of it, with whatever handle.
   *
   * @param work ends with a problem when the command is refused: nothing of it remains then
   */
  public <T> T run(Context ctx, Command command, Function<Handle, Effect<T>> work) {
    Writer writer = writer(ctx, command);
    try {
      return jdbi.inTransaction(
          handle -> {
            Effect<T> effect = work.apply(handle);
            writer.allowed(handle, effect.before(), effect.after());
            return effect.value();
          });
    } catch (ProblemException e) {
      writer.refused(e.problem());
      throw e;
    }
  }

  /** For a command that has transactions of its own. */
  public Writer writer(Context ctx, Command command) {
    return new Writer(Caller.of(ctx, proxies.client(ctx)), command);
  }

  /** For a sign-in: its caller is not known yet. */
  public Writer signIn(Context ctx, String name) {
    return new Writer(
        Caller.named(ctx, name, proxies.client(ctx)), Command.of("session.begin", name));
  }

  @Override
  public void refused(Context ctx, Problem problem) {
    writer(ctx, Command.of("request", ctx.method() + " " + ctx.path())).refused(problem);
  }

  /** Writes one command, any number of times. */
  public final class Writer {
    private final Caller caller;
    private final Command command;

    private Writer(Caller caller, Command command) {
      this.caller = caller;
      this.command = command;
    }

    /** The same, of a user who has been identified by now. */
    public Writer signedIn(String user, AccessRole role) {
      return new Writer(
          caller.identified(user, role), new Command(command.action(), user, command.reason()));
    }

    /** The same command on one of its objects. */
    public Writer on(String target) {
      return new Writer(caller, new Command(command.action(), target, command.reason()));
    }

    public Caller caller() {
      return caller;
    }

    /** In the transaction of the effect. */
    public void allowed(Handle handle, @Nullable Object before, @Nullable Object after) {
      add(handle, "allowed", before, after, null);
    }

    /** In a transaction of its own, unless {@link #MOST_REFUSALS} were written this minute. */
    public void refused(Problem problem) {
      if (!mayWrite(System.nanoTime())) {
        return;
      }
      try {
        jdbi.useHandle(handle -> add(handle, "refused", null, null, problem.code()));
      } catch (JdbiException e) {
        if (Outage.of(e).isEmpty()) {
          throw e;
        }
        // the answer is the refusal, whether it can be written or not
        log.warn(
            "a refusal is not in the audit, Postgres cannot write it: {} {} by {}",
            problem.code(),
            command.action(),
            caller.who());
      }
    }

    private void add(
        Handle handle,
        String outcome,
        @Nullable Object before,
        @Nullable Object after,
        @Nullable String problem) {
      int unused =
          handle
              .createUpdate(ADD)
              .bindMethods(caller)
              .bind("action", command.action())
              .bind("target", command.target())
              .bind("why", command.reason().or(caller::reason).orElse(null))
              .bind("before", before == null ? null : Json.write(before))
              .bind("after", after == null ? null : Json.write(after))
              .bind("outcome", outcome)
              .bind("problem", problem)
              .execute();
    }
  }

  private synchronized boolean mayWrite(long now) {
    if (now / MINUTE != minute) {
      minute = now / MINUTE;
      refusals = 0;
    }
    if (refusals == MOST_REFUSALS) {
      log.warn("more than {} refusals within a minute; no more are written to the audit", refusals);
    }
    return refusals++ < MOST_REFUSALS;
  }
}
