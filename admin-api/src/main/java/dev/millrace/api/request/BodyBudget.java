package dev.millrace.api.request;

import dev.millrace.api.problem.Problems;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.concurrent.Semaphore;

/**
 * What the bodies of all requests of a process may take together, in bytes while they are read and
 * in JSON values while they are bound. A request that would go beyond is answered 503. Thread-safe.
 */
public final class BodyBudget {
  /** The most values of one body: 10,000 jobs of some twenty fields each are half of it. */
  static final int MOST_VALUES = 500_000;

  /** One body of the largest size always fits. */
  private static final long LEAST_BYTES = 34L * 1024 * 1024;

  private static final String SHARE = BodyBudget.class.getName();

  private final Semaphore bytes;
  private final Semaphore values;

  /**
   * A budget that fits the heap.
   *
   * @param heap in bytes; a sixteenth of it is for bodies, and each 1,024 bytes are one value
   */
  public BodyBudget(long heap) {
    this.bytes = new Semaphore((int) Math.min(Integer.MAX_VALUE, Math.max(LEAST_BYTES, heap / 16)));
    this.values =
        new Semaphore((int) Math.min(Integer.MAX_VALUE, Math.max(MOST_VALUES, heap / 1024)));
  }

  /** Gives each request its share, and takes it back when the request has been answered. */
  public void addTo(RoutesConfig routes) {
    routes.before(ctx -> ctx.attribute(SHARE, new Share()));
    routes.after(
        ctx -> {
          Share share = ctx.attribute(SHARE);
          if (share != null) {
            share.close();
          }
        });
  }

  static Share of(Context ctx) {
    Share share = ctx.attribute(SHARE);
    if (share == null) {
      throw new IllegalStateException("the request has no share of the budget for bodies");
    }
    return share;
  }

  Share share() {
    return new Share();
  }

  /** What one request holds. For one thread. */
  final class Share implements AutoCloseable {
    private int heldBytes;
    private int heldValues;

    void takeBytes(int count) {
      take(bytes, count);
      heldBytes += count;
    }

    void takeValues(int count) {
      take(values, count);
      heldValues += count;
    }

    private void take(Semaphore budget, int count) {
      if (!budget.tryAcquire(count)) {
        throw Problems.overloaded("the bodies of other requests fill the memory");
      }
    }

    @Override
    public void close() {
      bytes.release(heldBytes);
      values.release(heldValues);
      heldBytes = 0;
      heldValues = 0;
    }
  }
}
