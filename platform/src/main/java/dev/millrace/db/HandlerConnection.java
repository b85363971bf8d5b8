package dev.millrace.db;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A borrowed connection whose close is ours; everything else is the pool's. */
final class HandlerConnection implements InvocationHandler {
  /** Where a connection goes when its borrower closes it. */
  @FunctionalInterface
  interface Return {
    void accept(boolean discard) throws SQLException;
  }

  private final Connection pooled;
  private final Return back;
  private final AtomicBoolean returned = new AtomicBoolean();
  private volatile boolean discard;

  private HandlerConnection(Connection pooled, Return back) {
    this.pooled = pooled;
    this.back = back;
  }

  static Connection of(Connection pooled, Return back) {
    return (Connection)
        Proxy.newProxyInstance(
            HandlerConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new HandlerConnection(pooled, back));
  }

  static void discard(Connection connection) {
    if (Proxy.isProxyClass(connection.getClass())
        && Proxy.getInvocationHandler(connection) instanceof HandlerConnection ours) {
      ours.discard = true;
    }
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    switch (method.getName()) {
      case "close" -> {
        if (returned.compareAndSet(false, true)) {
          back.accept(discard);
        }
        return null;
      }
      case "isClosed" -> {
        return returned.get() || pooled.isClosed();
      }
      case "equals" -> {
        return args != null && proxy == args[0];
      }
      case "hashCode" -> {
        return System.identityHashCode(proxy);
      }
      default -> {
        try {
          return method.invoke(pooled, args);
        } catch (InvocationTargetException e) {
          throw e.getCause() == null ? e : e.getCause();
        }
      }
    }
  }
}
