package dev.millrace.api.access;

import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.Problems;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Optional;

/** Bounds the commands of one user or key from one address. The admin key has no bound. */
final class CommandLimit {
  private final RateLimit limits;
  private final TrustedProxies proxies;
  private final RateLimit.Limit limit;

  CommandLimit(RateLimit limits, AccessRules rules) {
    this.limits = limits;
    this.proxies = rules.proxies();
    this.limit = new RateLimit.Limit("command", rules.commandsPerMinute(), Duration.ofMinutes(1));
  }

  /** Empty: the command is within the limit. */
  Optional<Problem> take(Context ctx, Principal caller) {
    if (caller.type() == Principal.Type.ADMIN_KEY) {
      return Optional.empty();
    }
    return limits
        .take(limit, caller.type() + "\n" + caller.name() + "\n" + proxies.client(ctx))
        .map(
            wait ->
                Problems.tooMany(
                    "more than " + limit.most() + " commands a minute by " + caller.name(), wait));
  }
}
