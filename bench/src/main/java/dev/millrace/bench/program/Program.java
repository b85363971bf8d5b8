package dev.millrace.bench.program;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * A job system under measurement, as a process with one verb. It says what it has to say on
 * standard output, a line each, and ends when standard input does.
 *
 * <ul>
 *   <li>{@code prepare}: makes the tables it needs
 *   <li>{@code fill JOBS}: enqueues in bulk, for others to measure
 *   <li>{@code enqueue JOBS CALL CLIENTS}: enqueues CALL jobs at a time; says {@code seconds=S}, a
 *       fifth of the jobs before its clock starts
 *   <li>{@code drain}: runs what is there; says {@code done} when all of it is recorded as done
 *   <li>{@code listen}: runs what comes; says {@code ready}, and at its end {@code pickups=}, the
 *       microseconds from before each enqueue call to the start of its handler
 *   <li>{@code ping JOBS PER_SECOND ...}: enqueues one at a time, JOBS at the first speed, then
 *       JOBS at each further one; says {@code done}
 * </ul>
 *
 * A worker says at its end how often its handler was called and how much heap it has used at most.
 */
abstract class Program {
  /** What a job carries: with the envelope of JSON two hundred bytes. */
  static final String FILLER = "x".repeat(160);

  private static final int MOST_IN_A_CALL = 1_000;
  private static final int WARM_UP_SHARE = 5;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final AtomicLong calls = new AtomicLong();
  private final ConcurrentLinkedQueue<Long> pickups = new ConcurrentLinkedQueue<>();
  private volatile boolean pickupsWanted;

  /** Makes the tables. */
  abstract void prepare() throws Exception;

  /** Enqueues jobs, all in one call. */
  abstract void enqueue(int jobs) throws Exception;

  /** Starts the worker; {@link #handled} is its handler. */
  abstract void work() throws Exception;

  /** Whether nothing is left to run or to record. */
  abstract boolean drained() throws Exception;

  /** The moment that a job enqueued now carries: comparable between processes of one machine. */
  static long now() {
    return System.nanoTime();
  }

  /** What every handler does: nothing, but be counted. */
  void handled(long enqueuedAt) {
    long started = now();
    calls.incrementAndGet();
    if (pickupsWanted) {
      pickups.add(TimeUnit.NANOSECONDS.toMicros(started - enqueuedAt));
    }
  }

  final void run(List<String> arguments) throws Exception {
    switch (arguments.get(0)) {
      case "prepare" -> prepare();
      case "fill" -> {
        enqueue(number(arguments, 1), MOST_IN_A_CALL, 1);
      }
      case "enqueue" -> {
        int jobs = number(arguments, 1);
        int call = number(arguments, 2);
        int clients = number(arguments, 3);
        enqueue(jobs / WARM_UP_SHARE, call, clients);
        say("seconds=" + enqueue(jobs, call, clients));
      }
      case "drain" -> drain(number(arguments, 1));
      case "listen" -> listen();
      case "ping" -> {
        for (int i = 1; i < arguments.size(); i += 2) {
          ping(number(arguments, i), number(arguments, i + 1));
        }
        say("done");
      }
      default -> throw new IllegalArgumentException("unknown verb " + arguments.get(0));
    }
    System.exit(0); // whatever threads the system under measurement has left behind
  }

  private static int number(List<String> arguments, int index) {
    return Integer.parseInt(arguments.get(index));
  }

  private double enqueue(int jobs, int call, int clients) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    List<Callable<Void>> work =
        Collections.nCopies(
            clients,
            () -> {
              for (int left = jobs / clients; left > 0; left -= call) {
                enqueue(Math.min(call, left));
              }
              return null;
            });
    long began = now();
    for (Future<Void> done : threads.invokeAll(work)) {
      done.get();
    }
    double seconds = (now() - began) / NANOS_PER_SECOND;
    threads.shutdown();
    return seconds;
  }

  private void drain(int calls) throws Exception {
    work();
    while (this.calls.get() < calls || !drained()) {
      TimeUnit.NANOSECONDS.sleep(LOOK_NANOS);
    }
    say("done");
    untilTold();
    sayTotals();
  }

  private void listen() throws Exception {
    pickupsWanted = true;
    work();
    say("ready");
    untilTold();
    say("pickups=" + pickups.stream().map(String::valueOf).collect(Collectors.joining(",")));
    sayTotals();
  }

  private void ping(int jobs, int perSecond) throws Exception {
    long gap = TimeUnit.SECONDS.toNanos(1) / perSecond;
    long next = now();
    for (int i = 0; i < jobs; i++) {
      enqueue(1);
      next += gap;
      TimeUnit.NANOSECONDS.sleep(next - now());
    }
  }

  private void sayTotals() {
    long heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(MemoryUsage::getUsed)
            .sum();
    say("heap=" + heap);
    say("calls=" + calls.get());
  }

  private static void untilTold() throws IOException {
    while (System.in.read() >= 0) {
      // only the end of the stream counts
    }
  }

  @SuppressWarnings("SystemOut") // the benchmark reads it
  static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
