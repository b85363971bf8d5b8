package dev.millrace.db.takeover;

import java.util.ArrayList;
import java.util.List;

/** The rights and roles without which a database cannot be moved into, or only in part. */
final class Rights {
  private static final String DATABASE =
      "SELECT has_database_privilege(current_user, current_database(), 'CREATE')";
  private static final String SCHEMA =
      "SELECT has_schema_privilege(current_user, 'public', 'CREATE')";
  private static final String STRANGE =
      "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace('millrace'))";
  private static final String MAY_MAKE_ROLES =
      "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user";

  private Rights() {}

  /**
   * A role for other people's logins.
   *
   * @param grants statements that give it its rights; they can be repeated
   * @param complete a query: whether it has all of them
   */
  record GroupRole(String name, String purpose, List<String> grants, String complete) {}

  private static final List<GroupRole> ROLES =
      List.of(
          new GroupRole(
              "millrace_readonly",
              "may read background_job_status",
              List.of("GRANT SELECT ON public.background_job_status TO millrace_readonly"),
              "SELECT has_table_privilege('millrace_readonly', 'public.background_job_status', 'SELECT')"),
          new GroupRole(
              "millrace_enqueue",
              "may enqueue jobs by SQL",
              List.of(
                  "GRANT USAGE ON SCHEMA millrace TO millrace_enqueue",
                  "GRANT EXECUTE ON FUNCTION millrace.enqueue TO millrace_enqueue"),
              "SELECT has_function_privilege('millrace_enqueue', 'millrace.enqueue'::regproc, 'EXECUTE')"));

  /**
   * What is missing.
   *
   * @param creates whether tables are to be created in {@code public}
   */
  static List<Step> steps(Catalog catalog, boolean creates) {
    List<Step> steps = new ArrayList<>();
    String me = text(catalog, "SELECT quote_ident(current_user)");
    if (!catalog.holds("SELECT to_regnamespace('millrace') IS NOT NULL")
        && !catalog.holds(DATABASE)) {
      steps.add(
          Step.of(
              "schema millrace",
              "nothing, and " + me + " may not create it",
              Action.REFUSE,
              "an administrator must run: GRANT CREATE ON DATABASE "
                  + text(catalog, "SELECT quote_ident(current_database())")
                  + " TO "
                  + me));
    }
    if (!catalog.exists("millrace.flyway_schema_history") && catalog.holds(STRANGE)) {
      steps.add(
          Step.of(
              "schema millrace",
              "a schema with tables that are not ours",
              Action.REFUSE,
              "our tables need it for themselves. Way out: ALTER SCHEMA millrace RENAME TO millrace_old"));
    }
    if (creates && !catalog.holds(SCHEMA)) {
      steps.add(
          Step.of(
              "schema public",
              me + " may not create tables in it",
              Action.REFUSE,
              "an administrator must run: GRANT CREATE ON SCHEMA public TO " + me));
    }
    ROLES.forEach(role -> steps.add(step(catalog, role)));
    return steps;
  }

  private static Step step(Catalog catalog, GroupRole role) {
    String object = "role " + role.name();
    boolean exists =
        catalog.holds("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '" + role.name() + "')");
    if (!exists && catalog.holds(MAY_MAKE_ROLES)) {
      return Step.of(object, "nothing", Action.CREATE, "by our migrations; it " + role.purpose());
    }
    if (!exists) {
      return Step.of(
          object,
          "nothing, and we may not create roles",
          Action.ASK,
          "an administrator may run: CREATE ROLE "
              + role.name()
              + " NOLOGIN; the next `millrace migrate` gives it its rights (it "
              + role.purpose()
              + ")");
    }
    boolean complete =
        catalog.exists("millrace.flyway_schema_history") && catalog.holds(role.complete());
    return complete
        ? Step.of(object, "a role with its rights", Action.KEEP, "it " + role.purpose())
        : new Step(
            object,
            "a role without its rights in this database",
            Action.TAKE_OVER,
            "it " + role.purpose(),
            List.of(),
            role.grants(),
            List.of());
  }

  private static String text(Catalog catalog, String query) {
    return catalog.handle().select(query).mapTo(String.class).one();
  }
}
