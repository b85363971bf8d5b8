package dev.millrace.api;

import dev.millrace.api.access.AccessGate;
import dev.millrace.api.access.ApiKeys;
import dev.millrace.api.access.RateLimit;
import dev.millrace.api.access.Sessions;
import dev.millrace.api.account.KeyRoutes;
import dev.millrace.api.account.LoginLimits;
import dev.millrace.api.account.PasswordHashes;
import dev.millrace.api.account.SessionRoutes;
import dev.millrace.api.account.UserRoutes;
import dev.millrace.api.audit.Audit;
import dev.millrace.api.audit.AuditList;
import dev.millrace.api.audit.AuditRoutes;
import dev.millrace.health.Health;
import io.javalin.config.RoutesConfig;

/** Who may call the API, and what is written of it: the gate, its routes and the audit. */
final class Accounts {
  private final AccessGate gate;
  private final Audit audit;
  private final PasswordHashes passwords;
  private final SessionRoutes sessions;
  private final UserRoutes users;
  private final KeyRoutes keys;
  private final AuditRoutes entries;

  Accounts(AdminApi.Parts parts, AdminApi.Settings settings, Health troubles) {
    Sessions stored = new Sessions(parts.jdbi(), settings.rules());
    ApiKeys apiKeys = new ApiKeys(parts.jdbi());
    RateLimit limits = new RateLimit(parts.redis());
    this.audit = new Audit(parts.jdbi(), settings.rules().proxies());
    this.passwords = new PasswordHashes(troubles);
    this.gate =
        new AccessGate(
            settings.key(),
            settings.rules(),
            new AccessGate.Callers(apiKeys, stored),
            audit,
            limits);
    this.sessions =
        new SessionRoutes(
            parts.jdbi(),
            new SessionRoutes.Parts(stored, passwords, new LoginLimits(limits), audit));
    this.users = new UserRoutes(parts.jdbi(), passwords, audit);
    this.keys = new KeyRoutes(apiKeys, audit);
    this.entries = new AuditRoutes(new AuditList(parts.jdbi()));
  }

  Audit audit() {
    return audit;
  }

  AccessGate gate() {
    return gate;
  }

  PasswordHashes passwords() {
    return passwords;
  }

  /** The gate first: every other handler of a route runs after it. */
  void addTo(RoutesConfig routes) {
    gate.addTo(routes);
    sessions.addTo(routes, gate);
    users.addTo(routes, gate);
    keys.addTo(routes, gate);
    entries.addTo(routes);
  }
}
