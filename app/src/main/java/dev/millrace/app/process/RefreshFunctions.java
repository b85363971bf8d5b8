package dev.millrace.app.process;

import dev.millrace.db.Seed;
import dev.millrace.db.Sql;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * Functions of users that refresh materialized views, such as {@code refresh_all_wip_views()}: they
 * are found by what their bodies say, and registered as they are, so that a background worker or a
 * call of the API can run them. A function whose owner does not have the rights of this session's
 * role is not registered, because it would run with them.
 */
public final class RefreshFunctions {
  private static final String CANDIDATES = Sql.of(RefreshFunctions.class, "candidates");
  private static final String VIEW = Sql.of(RefreshFunctions.class, "view");
  private static final String REGISTER = Sql.of(RefreshFunctions.class, "register");
  private static final String USERS_PATH =
      "SELECT pg_catalog.set_config('search_path', coalesce(nullif(pg_catalog.current_setting('millrace.names_path', true), ''),"
          + " pg_catalog.current_setting('search_path')), true)";
  private static final String PATH = "SELECT pg_catalog.set_config('search_path', ?, true)";

  private static final String NAME = "(?:\"(?:[^\"]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)";
  private static final Pattern COMMENT = Pattern.compile("--[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern REFRESH =
      Pattern.compile(
          "\\brefresh\\s+materialized\\s+view\\s+(?:concurrently\\s+)?(NAME(?:\\s*\\.\\s*NAME)?)"
              .replace("NAME", NAME),
          Pattern.CASE_INSENSITIVE);
  private static final Pattern CALL =
      Pattern.compile("(?:NAME\\s*\\.\\s*)?(NAME)\\s*\\(\\s*\\)".replace("NAME", NAME));
  private static final Pattern GROUP = Pattern.compile("refresh_(?:all_)?(.+)_views");

  /** The function whose background worker and call of the API are documented. */
  private static final String WIP = "refresh_all_wip_views";

  private RefreshFunctions() {}

  /**
   * A function that refreshes views.
   *
   * @param name as the users' search path reads it, with its brackets
   * @param views that it refreshes, those that exist
   * @param missing names in its body that name no materialized view
   * @param owner a role
   * @param ours whether its owner has the rights of the present role
   */
  public record Found(
      String name,
      String plainName,
      Set<String> views,
      Set<String> missing,
      String owner,
      boolean ours) {
    public Found {
      views = Set.copyOf(views);
      missing = Set.copyOf(missing);
    }

    /** The group that its name speaks of; empty: none. */
    Optional<String> group() {
      return Optional.of(GROUP.matcher(plainName)).filter(Matcher::matches).map(m -> m.group(1));
    }
  }

  /** A row of candidates.sql. */
  record Candidate(
      long oid,
      String name,
      String plainName,
      String body,
      String owner,
      boolean ours,
      @Nullable String path) {
    String code() {
      return COMMENT.matcher(body).replaceAll(" ");
    }
  }

  /** Those of the database, by name. Reads the catalog alone; within the caller's transaction. */
  public static List<Found> find(Handle handle) {
    String savepoint = "refresh_functions";
    handle.savepoint(savepoint);
    try {
      String usersPath = handle.select(USERS_PATH).mapTo(String.class).one();
      List<Candidate> candidates =
          handle.createQuery(CANDIDATES).map(ConstructorMapper.of(Candidate.class)).list();
      Map<Long, Set<String>> views = new HashMap<>();
      Map<Long, Set<String>> missing = new HashMap<>();
      for (Candidate each : candidates) {
        path(handle, each.path() == null ? usersPath : each.path());
        Matcher named = REFRESH.matcher(each.code());
        while (named.find()) {
          Optional<String> view =
              handle.createQuery(VIEW).bind("name", named.group(1)).mapTo(String.class).findOne();
          view.ifPresentOrElse(
              name -> add(views, each, List.of(name)),
              () -> add(missing, each, List.of(named.group(1))));
        }
      }
      addCalled(candidates, views);
      return candidates.stream()
          .filter(each -> views.containsKey(each.oid()))
          .map(
              each ->
                  new Found(
                      each.name(),
                      each.plainName(),
                      views.getOrDefault(each.oid(), Set.of()),
                      missing.getOrDefault(each.oid(), Set.of()),
                      each.owner(),
                      each.ours()))
          .sorted(Comparator.comparing(Found::name))
          .toList();
    } finally {
      handle.rollbackToSavepoint(savepoint); // with it the path
    }
  }

  private static void path(Handle handle, String path) {
    handle.select(PATH, path).mapTo(String.class).one();
  }

  private static void add(
      Map<Long, Set<String>> names, Candidate function, Collection<String> more) {
    names.computeIfAbsent(function.oid(), oid -> new LinkedHashSet<>()).addAll(more);
  }

  /** A function refreshes what the functions refresh that it calls, however deep. */
  private static void addCalled(List<Candidate> candidates, Map<Long, Set<String>> views) {
    Map<String, Candidate> byName =
        candidates.stream()
            .collect(Collectors.toMap(Candidate::plainName, each -> each, (a, b) -> a));
    for (int depth = 0; depth < candidates.size(); depth++) {
      boolean changed = false;
      for (Candidate caller : candidates) {
        Matcher call = CALL.matcher(caller.code());
        while (call.find()) {
          Candidate called = byName.get(call.group(1));
          Set<String> more = called == null ? null : views.get(called.oid());
          if (more != null && !views.getOrDefault(caller.oid(), Set.of()).containsAll(more)) {
            add(views, caller, List.copyOf(more));
            changed = true;
          }
        }
      }
      if (!changed) {
        return;
      }
    }
  }

  /** What {@link #register} would say of each function. Changes nothing. */
  public static List<String> plan(Handle handle) {
    return find(handle).stream()
        .map(
            function ->
                "function %s refreshes %s: %s"
                    .formatted(
                        function.name(),
                        String.join(", ", new TreeSet<>(function.views())),
                        function.ours()
                            ? "it is registered, unless it is already"
                            : "it belongs to "
                                + function.owner()
                                + ", which does not have our rights, and is left"))
        .toList();
  }

  /**
   * Registers those that are not registered, and adds the background worker of the WIP views where
   * their function exists. What exists stays as it is.
   *
   * @return what was done and what was not, a sentence each; empty: there was nothing to do
   */
  public static List<String> register(Handle handle) {
    List<Found> found = find(handle);
    List<String> said = new ArrayList<>();
    for (Found function : found) {
      if (!function.ours()) {
        said.add(
            "function %s refreshes views and is not registered: it belongs to %s, which does not have our rights; %s may register it: SELECT millrace.register_view('%s')"
                .formatted(
                    function.name(),
                    function.owner(),
                    function.owner(),
                    function.name().replace("'", "''")));
        continue;
      }
      boolean isNew =
          handle
              .createQuery(REGISTER)
              .bind("name", function.name())
              .bind("viewGroup", group(function, found))
              .bindArray("views", String.class, List.copyOf(new TreeSet<>(function.views())))
              .mapTo(String.class)
              .findOne()
              .isPresent();
      if (isNew) {
        said.add(
            "function "
                + function.name()
                + " registered; it refreshes "
                + String.join(", ", new TreeSet<>(function.views()))
                + (function.missing().isEmpty()
                    ? ""
                    : " and names no view of this database with "
                        + String.join(", ", new TreeSet<>(function.missing()))));
      }
    }
    if (found.stream().anyMatch(each -> each.ours() && each.plainName().equals(WIP))) {
      Seed.WIP.addTo(handle).forEach(row -> said.add(row + " added, because " + WIP + "() exists"));
    }
    return said;
  }

  /** One function of each group: the one that refreshes the most views. */
  private static @Nullable String group(Found function, List<Found> all) {
    return function
        .group()
        .filter(
            group ->
                all.stream()
                    .filter(each -> each.ours() && each.group().equals(Optional.of(group)))
                    .max(
                        Comparator.comparingInt((Found each) -> each.views().size())
                            .thenComparing(each -> each.plainName().startsWith("refresh_all_")))
                    .equals(Optional.of(function)))
        .orElse(null);
  }
}
