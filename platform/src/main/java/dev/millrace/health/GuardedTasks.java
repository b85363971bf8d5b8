package dev.millrace.health;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Short tasks on the threads of an executor. What a task throws is logged and reported, and keeps
 * no later one from being run; a task that takes longer than it may is reported as hung.
 * Thread-safe.
 */
public final class GuardedTasks implements Executor, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GuardedTasks.class);

  private final String name;
  private final Health.Pulse pulse;
  private final ExecutorService threads;

  /**
   * Takes the threads over.
   *
   * @param name what the threads do, as it is reported
   * @param longest how long one task may take
   */
  public GuardedTasks(String name, Health health, Duration longest, ExecutorService threads) {
    this.name = name;
    this.pulse = health.pulse(name, longest);
    this.threads = threads;
  }

  /** Runs a task without an answer: what it throws was not expected. */
  @Override
  public void execute(Runnable task) {
    threads.execute(
        () -> {
          pulse.beat();
          try {
            task.run();
          } catch (RuntimeException | Error e) {
            died(e);
          } finally {
            pulse.rests();
          }
        });
  }

  /**
   * Runs a task with an answer. Its exceptions go to the caller with the answer; an {@link Error}
   * is logged and reported as well.
   */
  public <T> CompletableFuture<T> ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    threads.execute(
        () -> {
          pulse.beat();
          try {
            answer.complete(question.get());
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          } catch (Error e) {
            answer.completeExceptionally(e);
            died(e);
          } finally {
            pulse.rests();
          }
        });
    return answer;
  }

  private void died(Throwable e) {
    pulse.died(e);
    log.error("a task of thread {} failed; the next ones are run", name, e);
  }

  /** Runs what was handed in, and takes no more. */
  public void drain() {
    threads.shutdown();
  }

  /** Interrupts what runs, and takes no more. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
