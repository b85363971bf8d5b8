package dev.millrace.app.process;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A request to end this process: the first signal is recorded, a second one ends the process at
 * once. Thread-safe.
 */
public final class StopSignal {
  private static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

  private final CountDownLatch received = new CountDownLatch(1);
  private final AtomicInteger number = new AtomicInteger();

  /** Handles the signals from now on, instead of the JVM. */
  public static StopSignal install() {
    StopSignal stop = new StopSignal();
    NUMBERS.forEach((name, number) -> handle(name, () -> stop.receive(number)));
    return stop;
  }

  private void receive(int signal) {
    if (!number.compareAndSet(0, signal)) {
      Runtime.getRuntime().halt(128 + signal);
    }
    received.countDown();
  }

  /** Stops the wait as the first signal does; a signal after it is the first. */
  void request() {
    received.countDown();
  }

  // By reflection: the compiler warns of sun.misc.Signal whatever is suppressed, and nothing else
  // in the JDK reports a second signal.
  private static void handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object onSignal =
          Proxy.newProxyInstance(
              StopSignal.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, args) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                  return null;
                }
                return method.getName().equals("equals")
                    ? (Object) (args != null && proxy == args[0])
                    : method.getName().equals("hashCode") ? (Object) 0 : "stop signal";
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), onSignal);
    } catch (InvocationTargetException e) {
      // the JVM or its parent handles this signal already (nohup ignores HUP)
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM has no sun.misc.Signal", e);
    }
  }

  public boolean requested() {
    return number.get() != 0;
  }

  /** 128 + the signal's number, as shells show it; 0 before any signal. */
  public int exitCode() {
    return requested() ? 128 + number.get() : 0;
  }

  /**
   * Waits for a signal.
   *
   * @return whether one came before the time was over
   */
  public boolean await(Duration most) {
    try {
      return received.await(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("the main thread was interrupted", e);
    }
  }

  /** Waits for a signal for as long as it takes. */
  public void await() {
    while (!await(Duration.ofDays(1))) {
      // still nothing
    }
  }
}
