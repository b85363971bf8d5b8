package dev.millrace.api.events;

import dev.millrace.Threads;
import dev.millrace.api.access.AccessGate;
import dev.millrace.api.access.Permission;
import dev.millrace.api.access.Principal;
import dev.millrace.api.access.TrustedProxies;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.Query;
import dev.millrace.api.server.FrontHandler;
import dev.millrace.health.GuardedTasks;
import dev.millrace.health.Health;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /api/admin/events}. One thread looks at the status once a second while anybody listens
 * and writes to all without waiting for any; no thread is held for a client.
 */
public final class EventRoutes implements AutoCloseable {
  /** Streams of one process. */
  static final int MOST = 200;

  /** Streams of one caller from one address: tabs of a browser, programs on a host. */
  static final int MOST_OF_ONE = 10;

  private static final Logger log = LoggerFactory.getLogger(EventRoutes.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Shorter than proxies wait for a silent connection, and soon enough to notice a sign-out. */
  private static final Duration BEAT = Duration.ofSeconds(5);

  private static final Duration LONGEST_TURN = Duration.ofMinutes(1);
  private static final int LONGEST_SECONDS = 3_600;
  private static final byte[] BEGIN = "retry: 3000\n\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] HEARTBEAT = ": heartbeat\n\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] NOTHING = {};

  private final Supplier<Look> status;
  private final Callers callers;
  private final History history;
  private final GuardedTasks turns;
  private final Map<String, Integer> places = new HashMap<>();
  private int taken;
  private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean planned = new AtomicBoolean();
  private volatile boolean closed;
  private long beatAt = System.nanoTime();

  /** How callers are told apart, and asked again whether they may listen. */
  public record Callers(AccessGate gate, TrustedProxies proxies) {
    String key(Context ctx) {
      Principal caller = Principal.of(ctx);
      return caller.type() + "\n" + caller.name() + "\n" + proxies.client(ctx);
    }
  }

  /**
   * The route over a source of statuses.
   *
   * @param status read anew at most once a second, however often it is asked
   * @param health of this API
   */
  public EventRoutes(Supplier<Look> status, Jdbi jdbi, Callers callers, Health health) {
    this.status = status;
    this.callers = callers;
    this.history = new History(new Differences(new JobStates(jdbi)::of));
    this.turns =
        new GuardedTasks(
            "events",
            health,
            LONGEST_TURN,
            Executors.newSingleThreadExecutor(Threads.named("events-")));
  }

  public void addTo(RoutesConfig routes) {
    routes.get("/api/admin/events", this::open, Permission.READ, Query.Taken.QUERY);
  }

  private void open(Context ctx) {
    int seconds = Query.of(ctx, List.of("seconds")).seconds(LONGEST_SECONDS, LONGEST_SECONDS);
    OptionalLong from = resumesFrom(ctx);
    boolean listens = !FrontHandler.isHead(ctx);
    String key = callers.key(ctx);
    if (listens) {
      take(key);
    }
    ctx.contentType("text/event-stream").header("X-Accel-Buffering", "no");
    if (listens) {
      // a connection is not used again after a stream: the client may have sent ahead on it
      ctx.header("Connection", "close");
      long until = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
      ctx.future(() -> listen(ctx, key, from, until));
    }
  }

  private CompletableFuture<Void> listen(Context ctx, String key, OptionalLong from, long until) {
    try {
      EventStream stream = EventStream.begin(ctx, BEGIN);
      Listener listener = new Listener(stream, from, () -> callers.gate().stillReads(ctx), until);
      listeners.add(listener);
      CompletableFuture<Void> over =
          stream
              .over()
              .whenComplete(
                  (done, failure) -> {
                    listeners.remove(listener);
                    leave(key);
                  });
      if (closed) {
        stream.end();
      } else {
        turnIn(Duration.ZERO);
      }
      return over;
    } catch (RuntimeException e) {
      leave(key);
      throw e;
    }
  }

  /** An id that nobody has given is not known: then the client is told to read the status. */
  private static OptionalLong resumesFrom(Context ctx) {
    return Optional.ofNullable(ctx.header("Last-Event-ID"))
        .filter(text -> text.matches("[0-9]{1,18}"))
        .map(text -> OptionalLong.of(Long.parseLong(text)))
        .orElse(OptionalLong.empty());
  }

  private synchronized void take(String key) {
    int own = places.getOrDefault(key, 0);
    if (own >= MOST_OF_ONE) {
      throw new ProblemException(
          Problems.tooMany(
              MOST_OF_ONE + " streams of events are open for this caller and address", BEAT));
    }
    if (taken >= MOST) {
      throw Problems.overloaded(
          MOST + " streams of events are open; GET /api/admin/status answers");
    }
    places.put(key, own + 1);
    taken++;
  }

  private synchronized void leave(String key) {
    places.computeIfPresent(key, (same, own) -> own == 1 ? null : own - 1);
    taken--;
  }

  private void turnIn(Duration pause) {
    if (!closed && !listeners.isEmpty() && planned.compareAndSet(false, true)) {
      CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, turns)
          .execute(this::turn);
    }
  }

  private void turn() {
    try {
      tell();
      long now = System.nanoTime();
      boolean beats = now - beatAt >= BEAT.toNanos();
      if (beats) {
        beatAt = now;
        listeners.forEach(listener -> listener.stream().send(HEARTBEAT));
        dismiss();
      }
      listeners.stream().filter(one -> one.isOver(now)).forEach(one -> one.stream().end());
    } finally {
      planned.set(false);
      turnIn(LOOK);
    }
  }

  /** A status that cannot be read is no event: the last one is shown to those who ask for it. */
  private void tell() {
    try {
      Optional<List<StatusEvent>> found = history.add(status.get(), System.nanoTime());
      byte[] news =
          found
              .map(
                  events -> events.isEmpty() ? NOTHING : StatusEvent.text(events, history.newest()))
              .orElseGet(history::reset);
      listeners.forEach(listener -> listener.hear(history, news));
    } catch (ProblemException | JdbiException e) {
      log.debug("no events: {}", e.toString());
    }
  }

  /** Ends the streams of those whose session or key has ended. */
  private void dismiss() {
    try {
      listeners.stream().filter(one -> !one.isAdmitted()).forEach(one -> one.stream().end());
    } catch (JdbiException e) {
      log.debug("callers are asked again at the next heartbeat: {}", e.toString());
    }
  }

  /** How many listen. */
  int listening() {
    return listeners.size();
  }

  /** Ends every stream. */
  @Override
  public void close() {
    closed = true;
    listeners.forEach(listener -> listener.stream().end());
    turns.close();
  }
}
