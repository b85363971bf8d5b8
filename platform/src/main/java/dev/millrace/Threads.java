package dev.millrace;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for what mostly waits: virtual ones where the JVM has them. */
public final class Threads {
  /** From this Java on a virtual thread that waits inside a lock gives its carrier back. */
  private static final int NOTHING_PINS = 24;

  private Threads() {}

  /** Whether this JVM has virtual threads that any code may wait in. */
  public static boolean areVirtual() {
    return Runtime.version().feature() >= NOTHING_PINS;
  }

  /**
   * Makes threads that do not keep the JVM alive, virtual ones if {@link #areVirtual}.
   *
   * @param name of each, before its number, which counts from 0
   */
  public static ThreadFactory named(String name) {
    return areVirtual() ? virtual(name) : platform(name);
  }

  private static ThreadFactory platform(String name) {
    AtomicInteger made = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + made.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** By reflection: what is compiled for Java 17 does not know them. */
  private static ThreadFactory virtual(String name) {
    try {
      Class<?> builder = Class.forName("java.lang.Thread$Builder");
      Object unnamed = Thread.class.getMethod("ofVirtual").invoke(null);
      Object named = builder.getMethod("name", String.class, long.class).invoke(unnamed, name, 0L);
      return (ThreadFactory) builder.getMethod("factory").invoke(named);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Java " + Runtime.version() + " makes no virtual threads", e);
    }
  }
}
