package dev.millrace.app.process;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.Secret;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.metrics.MetricsServer;
import dev.millrace.health.Health;
import dev.millrace.job.JobClient;
import dev.millrace.job.JobHandler;
import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running process of Millrace: its roles and the connections that they share. */
public final class Node implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);

  /**
   * What to start.
   *
   * @param dataDir made and writable
   * @param roles started in their own order
   * @param schema how the database's schema is prepared before a role starts
   * @param handlers that a queue worker runs beside the built-in ones and those of plugins
   */
  public record Plan(
      Config config,
      DataDir dataDir,
      Set<Role> roles,
      Schema schema,
      List<JobHandler<?>> handlers) {
    public Plan {
      roles = Set.copyOf(roles);
      handlers = List.copyOf(handlers);
    }

    /** Some roles in a process of another program; migrates the schema first. */
    public static Plan within(
        Set<Role> roles, Config config, DataDir dataDir, List<JobHandler<?>> handlers) {
      return new Plan(config, dataDir, roles, ProcessContext::migrate, handlers);
    }

    /** All roles; migrates the schema first. */
    public static Plan everything(Config config, DataDir dataDir) {
      return new Plan(
          config, dataDir, EnumSet.allOf(Role.class), ProcessContext::migrate, List.of());
    }

    /** One role of many processes; refuses an old schema. */
    public static Plan only(Role role, Config config, DataDir dataDir) {
      return new Plan(config, dataDir, Set.of(role), ProcessContext::refuseOldSchema, List.of());
    }

    /** The same with more to do once the schema is there. */
    public Plan andThen(Schema more) {
      Schema first = schema;
      return new Plan(
          config,
          dataDir,
          roles,
          context -> {
            first.prepare(context);
            more.prepare(context);
          },
          handlers);
    }
  }

  /** Makes the database fit for the roles, or refuses. */
  @FunctionalInterface
  public interface Schema {
    void prepare(ProcessContext context);
  }

  private final CloseStack closeStack = new CloseStack();
  private final Health health = new Health();
  private final String name;
  private final ProcessContext context;
  private final Roles roles;
  private final Optional<MetricsServer> metrics;

  private Node(Plan plan) {
    Config config = plan.config();
    LostThreads.report(health);
    try {
      if (plan.roles().contains(Role.API)) {
        PortCheck.refuseIfTaken(config.http());
      }
      metrics =
          config
              .http()
              .metrics()
              .map(address -> closeStack.add("metrics", MetricsServer.start(address)));
      Services services =
          closeStack.add("services", Services.start(config.services(), plan.dataDir(), health));
      context =
          closeStack.add(
              "shared parts", ProcessContext.open(services, name(plan), Roles.connections(plan)));
      plan.schema().prepare(context);
      health.include(context.jobs().health());
      roles = closeStack.add("roles", Roles.start(plan, context, health));
      metrics.ifPresent(server -> roles.measure(server, name(plan)));
    } catch (RuntimeException e) {
      closeStack.close();
      throw e;
    }
    name = name(plan);
  }

  /**
   * Starts all parts in order; stops the started ones when a later one fails.
   *
   * @throws dev.millrace.app.error.UserError when a setting, a port or a service does not allow it
   */
  public static Node start(Plan plan) {
    return new Node(plan);
  }

  private static String name(Plan plan) {
    return plan.roles().stream()
        .sorted()
        .map(Role::text)
        .collect(Collectors.joining("+", "millrace ", ""));
  }

  /** Its name, such as {@code millrace api}. */
  public String name() {
    return name;
  }

  /** Where the API answers; only for a plan with {@link Role#API}. */
  public URI address() {
    return roles.address();
  }

  /** The admin key; only for a plan with {@link Role#API}. */
  public Secret adminKey() {
    return roles.adminKey();
  }

  /** Where this process answers with its metrics; empty: nowhere. */
  public Optional<URI> metricsAddress() {
    return metrics.map(MetricsServer::address);
  }

  public Jdbi jdbi() {
    return context.jdbi();
  }

  /** Enqueues jobs. */
  public JobClient jobs() {
    return context.jobs();
  }

  /** Troubles of the process that belong to none of its roles. */
  public Health health() {
    return health;
  }

  @Override
  public void close() {
    log.info("{} stopping", name);
    closeStack.close();
    log.info("{} stopped", name);
  }
}
