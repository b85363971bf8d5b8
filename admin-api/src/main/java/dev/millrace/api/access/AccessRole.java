package dev.millrace.api.access;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a user or a key may do at most. Each role may do what the one before it may. */
public enum AccessRole {
  VIEWER(EnumSet.of(Permission.READ)),
  OPERATOR(
      EnumSet.of(
          Permission.READ,
          Permission.ENQUEUE,
          Permission.RETRY_JOBS,
          Permission.CANCEL_JOBS,
          Permission.PAUSE_QUEUES,
          Permission.RUN_WORKERS,
          Permission.PAUSE_WORKERS,
          Permission.RUN_SYNC,
          Permission.REFRESH_VIEWS,
          Permission.RUN_STATS,
          Permission.SEND_INVALIDATIONS)),
  ADMIN(EnumSet.allOf(Permission.class));

  @SuppressWarnings("ImmutableEnumChecker") // unmodifiable, and nothing else has the set in it
  private final Set<Permission> permissions;

  AccessRole(Set<Permission> permissions) {
    this.permissions = Collections.unmodifiableSet(permissions);
  }

  public Set<Permission> permissions() {
    return permissions;
  }

  /** As the database and the API write it. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static AccessRole of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  public static List<String> texts() {
    return Arrays.stream(values()).map(AccessRole::text).toList();
  }
}
