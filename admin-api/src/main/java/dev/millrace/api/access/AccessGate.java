package dev.millrace.api.access;

import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Identifies the caller of each request and refuses what it may not do. Under {@code /api} only
 * identified callers learn that a path does not exist. Thread-safe.
 */
public final class AccessGate {
  /** The one path under {@code /api} that is called before there is a session. */
  public static final String LOGIN = "/api/admin/login";

  /** Where a session ends itself, also while the instance is read-only. */
  public static final String LOGOUT = "/api/admin/logout";

  /**
   * The document that shows the description: a browser that opens an address sends no key. What it
   * shows is read with one.
   */
  public static final String DOCS = "/api/docs";

  private static final String SCHEME = "Bearer ";
  private static final Set<HandlerType> READS =
      Set.of(HandlerType.GET, HandlerType.HEAD, HandlerType.OPTIONS);

  /** Names of parameters under which other APIs take a key. */
  private static final List<String> KEY_PARAMETERS =
      List.of("key", "api_key", "apikey", "admin_key", "access_token", "token", "authorization");

  private static final Pattern API_KEY = Pattern.compile(ApiKeys.PREFIX + "[a-z0-9]{12}_");

  private static final String FAULT = AccessGate.class.getName();

  private final AdminKey adminKey;
  private final AccessRules rules;
  private final RefusalLog log;
  private final RecentCallers keys;
  private final RecentCallers sessions;
  private final Optional<OidcTokens> tokens;
  private final CommandLimit commands;
  private final KeyRefusals refusals;

  /** Records what an identified caller was refused. */
  public interface RefusalLog {
    void refused(Context ctx, Problem problem);
  }

  /** What identifies callers. */
  public record Callers(ApiKeys keys, Sessions sessions) {}

  public AccessGate(
      AdminKey adminKey, AccessRules rules, Callers callers, RefusalLog log, RateLimit limits) {
    this.adminKey = adminKey;
    this.rules = rules;
    this.log = log;
    this.keys = new RecentCallers(callers.keys()::find);
    this.sessions = new RecentCallers(callers.sessions()::find);
    this.tokens =
        rules
            .oidc()
            .map(
                oidc ->
                    new OidcTokens(
                        oidc, new OidcKeys(oidc.issuer(), System::nanoTime), Clock.systemUTC()));
    this.commands = new CommandLimit(limits, rules);
    this.refusals = new KeyRefusals(rules.proxies());
  }

  /** Has every request pass here before its route. */
  public void addTo(RoutesConfig routes) {
    routes.before("/api/*", this::admit);
    routes.beforeMatched(
        ctx -> {
          if (!ctx.routeRoles().contains(Access.OPEN)) {
            if (Principal.find(ctx).isEmpty()) {
              admit(ctx);
            }
            Principal.find(ctx).ifPresent(caller -> check(ctx, caller));
          }
        });
  }

  /** Forgets what was known of callers: some of them have been changed by this process. */
  public void forget() {
    keys.forget();
    sessions.forget();
  }

  /**
   * Whether the caller of a request that reads may still read, for an answer that takes long: a
   * session ends, a key is revoked. Asks Postgres at most once a second.
   */
  public boolean stillReads(Context ctx) {
    return identify(ctx)
        .filter(caller -> caller.permissions().contains(Permission.READ))
        .isPresent();
  }

  private void admit(Context ctx) {
    refuseKeyInQuery(ctx);
    if (isOpen(ctx)) {
      return;
    }
    Optional<Principal> caller = identify(ctx);
    if (caller.isEmpty()) {
      String fault = ctx.attribute(FAULT);
      String wrong = fault == null ? "wrong" : "wrong token: " + fault;
      refusals.refuse(ctx, ctx.header("Authorization") == null ? "missing" : wrong);
      return;
    }
    caller.get().remember(ctx);
    if (!isRead(ctx)) {
      change(ctx, caller.get());
    }
  }

  private static boolean isOpen(Context ctx) {
    String path = ctx.path();
    return path.equals(LOGIN) || (isRead(ctx) && (path.equals(DOCS) || path.equals(DOCS + "/")));
  }

  private static boolean isRead(Context ctx) {
    return READS.contains(ctx.method());
  }

  private Optional<Principal> identify(Context ctx) {
    String header = ctx.header("Authorization");
    if (header != null) {
      return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
          ? ofKey(ctx, header.substring(SCHEME.length()).strip())
          : Optional.empty();
    }
    return SessionCookie.read(ctx).flatMap(token -> lookUp(ctx, sessions, token));
  }

  private Optional<Principal> ofKey(Context ctx, String key) {
    if (adminKey.matches(key)) {
      return Optional.of(Principal.ADMIN_KEY);
    }
    if (key.startsWith(ApiKeys.PREFIX)) {
      return lookUp(ctx, keys, key);
    }
    return tokens
        .filter(issuer -> OidcTokens.isToken(key))
        .flatMap(issuer -> ofToken(ctx, issuer, key));
  }

  /** A secret that is not known here costs a statement: who guesses many at once gets none. */
  private Optional<Principal> lookUp(Context ctx, RecentCallers callers, String secret) {
    if (!callers.knows(secret) && refusals.isFull(ctx)) {
      throw Problems.tooManyAttempts();
    }
    return callers.find(secret, isRead(ctx));
  }

  private static Optional<Principal> ofToken(Context ctx, OidcTokens issuer, String token) {
    try {
      return Optional.of(issuer.find(token));
    } catch (OidcTokens.RefusedTokenException e) {
      ctx.attribute(FAULT, e.reason());
      return Optional.empty();
    }
  }

  /** What holds for every change, whichever it is. */
  private void change(Context ctx, Principal caller) {
    if (caller.session().isPresent()) {
      CrossSite.refuse(ctx).ifPresent(problem -> refuse(ctx, problem));
    }
    commands.take(ctx, caller).ifPresent(problem -> refuse(ctx, problem));
    if (rules.readOnly() && !ctx.path().equals(LOGOUT)) {
      refuse(
          ctx,
          Problem.of(
              403,
              "read_only",
              "Forbidden",
              "this instance is read-only (MILLRACE_READ_ONLY): nothing was changed"));
    }
  }

  private void check(Context ctx, Principal caller) {
    if (ctx.routeRoles().contains(Access.SIGNED_IN)) {
      return;
    }
    Permission needed =
        ctx.routeRoles().stream()
            .filter(Permission.class::isInstance)
            .map(Permission.class::cast)
            .findFirst()
            .orElse(Permission.ADMINISTER);
    if (!caller.permissions().contains(needed)) {
      refuse(ctx, forbidden(caller, needed));
    }
  }

  /** That a caller lacks a permission. */
  public static Problem forbidden(Principal caller, Permission needed) {
    return Problem.of(
            403,
            "forbidden",
            "Forbidden",
            caller.name()
                + " has the role "
                + caller.role().text()
                + ", without the permission "
                + needed.text())
        .with("permission", needed.text());
  }

  private void refuse(Context ctx, Problem problem) {
    log.refused(ctx, problem);
    throw new ProblemException(problem);
  }

  /** A key in an address ends up in logs and histories; the answer does not repeat it. */
  private void refuseKeyInQuery(Context ctx) {
    String query = ctx.queryString();
    if (query == null) {
      return;
    }
    for (String part : query.split("&", -1)) {
      String name = part.replaceFirst("=.*$", "").toLowerCase(Locale.ROOT);
      String value = part.substring(Math.min(part.length(), name.length() + 1));
      if (KEY_PARAMETERS.contains(name)
          || API_KEY.matcher(part).find()
          || adminKey.matches(value)) {
        throw Problems.keyInQuery();
      }
    }
  }
}
