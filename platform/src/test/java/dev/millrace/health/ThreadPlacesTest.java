package dev.millrace.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Where threads are made, so that a new place is thought about: what restarts its thread, and who
 * reports that it has died or hangs.
 */
class ThreadPlacesTest {
  /** Threads that live as long as their part. They are {@link Guarded}. */
  private static final List<String> GUARDED =
      List.of(
          "PeriodicTask.java", // a scheduler's duties, heartbeats, the watch, pauses, keepers
          "ClaimLoop.java", // the two that claim
          "ExecutorThreads.java",
          "QueueWorker.java"); // the recorder; and the executor of its GuardedTasks

  /** Executors of {@link GuardedTasks}. */
  private static final List<String> TASKS =
      List.of(
          "Hints.java",
          "StatusReader.java",
          "EventRoutes.java",
          "Snapshots.java",
          "HealthRoutes.java",
          "PasswordHashes.java",
          "JobCompletionWaiter.java");

  /**
   * Threads of one piece of work, which its caller awaits no longer than it may take, or which says
   * itself what it met.
   */
  private static final List<String> OF_ONE_WORK =
      List.of(
          "RedissonStart.java", // caught, tried again, reported as the trouble of the locks
          "ClientStart.java", // caught, tried again, reported as the trouble of Redis
          "Attempt.java", // a cancel; what it cannot cancel is closed by the watch
          "ParallelRunner.java", // the attempt awaits them, and is stopped by its time-out
          "HttpSheetSource.java", // the alarms of one job's reads
          "Bounded.java", // a part of a stop, left behind when its time is over
          "Roles.java", // stops of workers, each of which is bounded
          "KeyRefusals.java", // a timer of the JVM; the answer is in memory
          "JsonPoster.java", // the client's own; awaited with a time-out
          "JsonGetter.java", // the same
          "MetricsServer.java", // one answer, whose failure is logged
          "Demo.java", // one call of the API, which has a time-out
          "Supervised.java"); // the end of a process; each wait for it has its time-out

  /** It only names them. */
  private static final List<String> WAYS = List.of("Threads.java");

  private static final Pattern MAKES =
      Pattern.compile(
          "new Thread\\(|\\.newThread\\(|Thread\\.(ofVirtual|ofPlatform|startVirtualThread)"
              + "|\"ofVirtual\"|Executors\\.new|ThreadPoolExecutor\\(|new ForkJoinPool|new Timer\\("
              + "|(run|supply|send)Async\\(|delayedExecutor\\(|[oO]rTimeout\\(|parallelStream\\(");

  @Test
  void only_named_places_make_threads() {
    assertThat(places())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(GUARDED, TASKS, OF_ONE_WORK, WAYS).flatMap(List::stream).toList());
  }

  /** Files of the modules that make up an installation. */
  private static List<String> places() {
    List<String> places = new ArrayList<>();
    for (String module :
        List.of("platform", "core", "scheduler", "queue-worker", "admin-api", "embedded", "app")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main"))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> MAKES.matcher(read(file)).find())
            .forEach(file -> places.add(String.valueOf(file.getFileName())));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return places;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
