package dev.millrace.app.command;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits between two looks at something that changes. */
final class Every {
  private final Duration pause;

  private Every(Duration pause) {
    this.pause = pause;
  }

  static Every second() {
    return seconds(1);
  }

  static Every seconds(int seconds) {
    return new Every(Duration.ofSeconds(seconds));
  }

  /** Returns after the pause; false: interrupted. */
  boolean next() {
    try {
      TimeUnit.MILLISECONDS.sleep(pause.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
