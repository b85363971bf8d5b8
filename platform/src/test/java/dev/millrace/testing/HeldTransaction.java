package dev.millrace.testing;

import org.jdbi.v3.core.Handle;

/**
 * A transaction that keeps what it locks for as long as a test takes, on a slow machine too. The
 * product's sessions end after 10 s of idleness in a transaction, and their locks with them.
 */
public final class HeldTransaction {
  private HeldTransaction() {}

  /** Begins it on a connection. */
  public static void begin(Handle handle) {
    handle.begin();
    handle.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
  }
}
