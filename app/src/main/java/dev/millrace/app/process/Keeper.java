package dev.millrace.app.process;

import dev.millrace.health.Health;
import dev.millrace.health.PeriodicTask;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts an embedded service again when it has ended without having been stopped. */
final class Keeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Keeper.class);
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(500);

  /** A start has its deadline, and is tried a few times. */
  private static final Duration LONGEST_RESTART = Duration.ofMinutes(5);

  private static final Duration LONGEST_STOP = Duration.ofMinutes(1);

  private final String name;
  private final Service service;
  private final Health.Pulse pulse;
  private final PeriodicTask looks;

  /** What is kept alive. */
  record Service(BooleanSupplier alive, Runnable restart) {}

  /**
   * Makes it; {@link #start} starts it.
   *
   * @param name such as {@code Redis}
   */
  Keeper(String name, Service service, Health health) {
    this.name = name;
    this.service = service;
    String thread = "keeps-" + name;
    this.pulse = health.pulse(thread, LONGEST_RESTART);
    this.looks = new PeriodicTask(thread, pulse, CHECK_INTERVAL, this::check);
  }

  void start() {
    looks.start();
  }

  private void check() {
    if (service.alive().getAsBoolean()) {
      return;
    }
    log.warn("embedded {} has ended; it is started again", name);
    try {
      service.restart().run();
      pulse.worked();
    } catch (RuntimeException e) {
      pulse.failed(e);
      log.error("embedded {} could not be started again: {}", name, e.getMessage());
    }
  }

  /** A restart that has begun must end, or it would outlive the close that follows. */
  @Override
  public void close() {
    looks.close(LONGEST_STOP);
  }
}
