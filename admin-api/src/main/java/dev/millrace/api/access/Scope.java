package dev.millrace.api.access;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a key is for: it may do what its role may and one of its scopes contains. */
public enum Scope {
  READ(EnumSet.of(Permission.READ)),
  /** What an operator does, except new jobs. */
  OPERATE(operating()),
  ADMIN(EnumSet.allOf(Permission.class)),
  /** New jobs only, and those only of the kinds and queues of the key. */
  ENQUEUE(EnumSet.of(Permission.ENQUEUE));

  @SuppressWarnings("ImmutableEnumChecker") // unmodifiable, and nothing else has the set in it
  private final Set<Permission> permissions;

  Scope(Set<Permission> permissions) {
    this.permissions = Collections.unmodifiableSet(permissions);
  }

  private static Set<Permission> operating() {
    Set<Permission> permissions = EnumSet.copyOf(AccessRole.OPERATOR.permissions());
    permissions.remove(Permission.ENQUEUE);
    return permissions;
  }

  /** What a role may do within some scopes. */
  public static Set<Permission> within(AccessRole role, Set<Scope> scopes) {
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    scopes.forEach(scope -> permissions.addAll(scope.permissions));
    permissions.retainAll(role.permissions());
    return permissions;
  }

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Scope of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  public static List<String> texts() {
    return Arrays.stream(values()).map(Scope::text).toList();
  }
}
