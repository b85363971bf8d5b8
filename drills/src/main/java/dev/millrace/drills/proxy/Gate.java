package dev.millrace.drills.proxy;

import java.time.Duration;

/** What every message must pass. Thread-safe. */
final class Gate {
  private boolean held;
  private volatile Duration delay = Duration.ZERO;

  void delay(Duration time) {
    delay = time;
  }

  synchronized void hold() {
    held = true;
  }

  synchronized void release() {
    held = false;
    notifyAll();
  }

  void pass() throws InterruptedException {
    Duration time = delay;
    if (!time.isZero()) {
      Thread.sleep(time.toMillis());
    }
    synchronized (this) {
      while (held) {
        wait();
      }
    }
  }
}
