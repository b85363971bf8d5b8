package dev.millrace.api.account;

import dev.millrace.api.access.RateLimit;
import dev.millrace.api.access.RateLimit.Limit;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.Problems;
import java.time.Duration;
import java.util.Optional;

/**
 * Bounds sign-ins, right or wrong. The limit of an account over all addresses is far above that of
 * one address, so that one stranger cannot keep a user out.
 */
public final class LoginLimits {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Limit OF_BOTH = new Limit("login", 10, MINUTE);
  private static final Limit OF_ADDRESS = new Limit("login-address", 60, MINUTE);
  private static final Limit OF_NAME = new Limit("login-name", 100, MINUTE);

  private final RateLimit limits;

  public LoginLimits(RateLimit limits) {
    this.limits = limits;
  }

  /** Empty: the password may be checked. */
  Optional<Problem> take(String name, String address) {
    return limits
        .take(OF_BOTH, name + "\n" + address)
        .or(() -> limits.take(OF_ADDRESS, address))
        .or(() -> limits.take(OF_NAME, name))
        .map(wait -> Problems.tooMany("too many sign-ins", wait));
  }
}
