package dev.millrace.stats;

import dev.millrace.db.Sql;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * The flags as they are in force: an admin's word, else what the environment of this process says.
 * Read anew each time. Thread-safe.
 */
public final class Flags {
  private static final String ALL = Sql.of(Flags.class, "all");
  private static final String SET = Sql.of(Flags.class, "set");
  private static final String CLEAR = Sql.of(Flags.class, "clear");

  private final Jdbi jdbi;
  private final Set<Flag> onAtStart;

  /**
   * Flags with their start values.
   *
   * @param onAtStart those that the environment does not switch off
   */
  public Flags(Jdbi jdbi, Set<Flag> onAtStart) {
    this.jdbi = jdbi;
    this.onAtStart = Set.copyOf(onAtStart);
  }

  /** All of them on, as when the environment says nothing. */
  public static Set<Flag> allOn() {
    return EnumSet.allOf(Flag.class);
  }

  /**
   * A flag in force.
   *
   * @param source {@code admin} or {@code environment}
   * @param startValue what the environment says, which holds when the admin's word is taken back
   */
  public record State(
      String flag,
      boolean enabled,
      String source,
      boolean startValue,
      @Nullable String reason,
      @Nullable String changedBy,
      @Nullable Instant changedAt) {}

  /** An admin's word, as stored. */
  record FlagOverride(
      String flag, boolean enabled, String reason, String changedBy, Instant changedAt) {}

  public List<State> all() {
    Map<String, FlagOverride> words = words();
    return Arrays.stream(Flag.values()).map(flag -> state(flag, words.get(flag.name()))).toList();
  }

  private Map<String, FlagOverride> words() {
    return jdbi.withHandle(
        handle ->
            handle.createQuery(ALL).map(ConstructorMapper.of(FlagOverride.class)).list().stream()
                .collect(Collectors.toMap(FlagOverride::flag, Function.identity())));
  }

  private State state(Flag flag, @Nullable FlagOverride word) {
    boolean start = onAtStart.contains(flag);
    return word == null
        ? new State(flag.name(), start, "environment", start, null, null, null)
        : new State(
            flag.name(),
            word.enabled(),
            "admin",
            start,
            word.reason(),
            word.changedBy(),
            word.changedAt());
  }

  public State of(Flag flag) {
    return state(flag, words().get(flag.name()));
  }

  /** The flag that keeps jobs of a cause from being enqueued; empty: none does. */
  public Optional<Flag> against(StatsTrigger cause) {
    Map<String, FlagOverride> words = words();
    return Stream.of(Flag.USE_BG_JOBS_GLOBAL, cause.flag())
        .filter(flag -> !state(flag, words.get(flag.name())).enabled())
        .findFirst();
  }

  /**
   * An admin's word: holds from now on in every process, over restarts and whatever the environment
   * says.
   *
   * @param reason 1 to 500 characters
   * @param by who says so, 1 to 200 characters
   */
  public State set(Flag flag, boolean enabled, String reason, String by) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(SET)
                .bind("flag", flag.name())
                .bind("enabled", enabled)
                .bind("reason", reason)
                .bind("by", by)
                .execute());
    return of(flag);
  }

  /** Takes the admin's word back: the environment's holds again. */
  public State clear(Flag flag) {
    jdbi.useHandle(handle -> handle.createUpdate(CLEAR).bind("flag", flag.name()).execute());
    return of(flag);
  }
}
