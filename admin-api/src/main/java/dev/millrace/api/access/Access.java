package dev.millrace.api.access;

import io.javalin.security.RouteRole;

/** Who may call a route that needs no {@link Permission}. */
public enum Access implements RouteRole {
  /** Anyone, without a key. */
  OPEN,
  /** Any user and any key: it concerns only the caller itself. */
  SIGNED_IN
}
