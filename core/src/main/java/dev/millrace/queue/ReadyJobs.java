package dev.millrace.queue;

import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisKeys;
import dev.millrace.redis.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.Tuple;
import redis.clients.jedis.util.KeyValue;

/**
 * The ready jobs in Redis: per lane a bounded window on the jobs that rank first. All of it may
 * vanish; the dispatcher restores it from Postgres. Thread-safe.
 */
public final class ReadyJobs {
  private static final Logger log = LoggerFactory.getLogger(ReadyJobs.class);

  /**
   * The most jobs of a lane that stand in Redis: two megabytes or so, refilled from Postgres when
   * half of it is gone.
   */
  public static final int WINDOW = 20_000;

  private static final Duration REFILL_LOCK = Duration.ofSeconds(2);

  /** From this many jobs on, it pays to ask first whether the window has room for any of them. */
  private static final int MANY = 100;

  private static final Script LEAVE = Script.of(ReadyJobs.class, "leave");
  private static final Script PUSH = Script.of(ReadyJobs.class, "push");
  private static final Script POP = Script.of(ReadyJobs.class, "pop");
  private static final Script REFILL = Script.of(ReadyJobs.class, "refill");

  private final Redis redis;
  private final int window;

  public ReadyJobs(Redis redis) {
    this(redis, WINDOW);
  }

  /** What is wrong with Redis, as a sentence; empty while nothing is. */
  public Optional<String> trouble() {
    return redis.trouble();
  }

  ReadyJobs(Redis redis, int window) {
    this.redis = redis;
    this.window = window;
  }

  /**
   * Puts jobs at the near end of their lane, best effort.
   *
   * @param more whether Postgres is known to hold ready jobs of the lane beyond these
   */
  public void push(Lane lane, List<ReadyJob> jobs, boolean more) {
    if (jobs.isEmpty() || (jobs.size() >= MANY && leave(lane, jobs))) {
      return;
    }
    List<String> args = new ArrayList<>(2 + 2 * jobs.size());
    args.add(Integer.toString(window));
    args.add(more ? "1" : "0");
    addMembers(args, jobs);
    redis.send(jedis -> PUSH.run(jedis, List.of(ready(lane), behind(lane)), args));
  }

  /** Whether the window is full of jobs that rank before all of these, so that none is wanted. */
  private boolean leave(Lane lane, List<ReadyJob> jobs) {
    long first = jobs.stream().mapToLong(ReadyJob::rank).min().orElseThrow();
    List<String> args = List.of(Long.toString(first), Integer.toString(jobs.size()));
    List<String> keys = List.of(ready(lane), behind(lane));
    return redis.call(jedis -> Long.valueOf(1).equals(LEAVE.run(jedis, keys, args)), false);
  }

  /** What {@link #pop} took, and the lanes whose window wants a refill. */
  public record Popped(List<ReadyJob> jobs, List<Lane> wantRefill) {}

  /**
   * Takes the jobs that rank first over the lanes, which must be of one queue.
   *
   * @return empty when Redis is away
   */
  public Optional<Popped> pop(List<Lane> lanes, int most) {
    List<String> keys = new ArrayList<>(2 * lanes.size());
    lanes.forEach(lane -> keys.add(ready(lane)));
    lanes.forEach(lane -> keys.add(behind(lane)));
    List<String> args = List.of(Integer.toString(most), Integer.toString(window / 2));
    return redis.call(
        jedis -> Optional.of(popped(lanes, (List<?>) POP.run(jedis, keys, args))),
        Optional.empty());
  }

  private static Popped popped(List<Lane> lanes, List<?> answer) {
    List<Lane> wantRefill = new ArrayList<>();
    for (Object index : (List<?>) answer.get(0)) {
      wantRefill.add(lanes.get(((Long) index).intValue() - 1));
    }
    List<ReadyJob> jobs = new ArrayList<>();
    for (int i = 2; i < answer.size(); i += 2) {
      List<?> members = (List<?>) answer.get(i);
      for (int j = 0; j < members.size(); j += 2) {
        jobs.add(
            ReadyJob.of(
                (String) members.get(j), (long) Double.parseDouble((String) members.get(j + 1))));
      }
    }
    return new Popped(jobs, wantRefill);
  }

  /**
   * Sleeps in Redis until a job of any of the lanes, which must be of one queue, is ready, and
   * takes it.
   *
   * @return empty when the time is over or Redis is away
   */
  public Optional<ReadyJob> await(List<Lane> lanes, Duration time) {
    String[] keys = lanes.stream().map(ReadyJobs::ready).toArray(String[]::new);
    double seconds = time.toMillis() / 1000.0;
    return redis.call(
        jedis -> {
          KeyValue<String, Tuple> taken = jedis.bzpopmin(seconds, keys);
          return Optional.ofNullable(taken)
              .map(
                  pair ->
                      ReadyJob.of(pair.getValue().getElement(), (long) pair.getValue().getScore()));
        },
        Optional.empty());
  }

  /**
   * Whether Redis takes the hints of new jobs: one at its memory limit still answers, and refuses
   * them.
   */
  public boolean takesHints(String queue) {
    SetParams oneSecond = new SetParams().px(1_000);
    return redis.call(
        jedis -> "OK".equals(jedis.set(RedisKeys.probe(queue), "1", oneSecond)), false);
  }

  /**
   * Fills a lane's window up from Postgres, unless it has been filled since that was asked for, or
   * another process is at it.
   *
   * @param source what Postgres holds behind a rank, in order: asked for the jobs after the
   *     window's end
   */
  public void refill(Lane lane, Function<Range, List<ReadyJob>> source) {
    String lock = RedisKeys.refill(lane.queue(), lane.kind());
    boolean mine =
        redis.call(
            jedis ->
                "OK".equals(jedis.set(lock, "1", new SetParams().nx().px(REFILL_LOCK.toMillis()))),
            false);
    if (!mine) {
      return;
    }
    try {
      refillAlone(lane, source);
    } finally {
      redis.send(jedis -> jedis.del(lock));
    }
  }

  private void refillAlone(Lane lane, Function<Range, List<ReadyJob>> source) {
    long size = redis.call(jedis -> jedis.zcard(ready(lane)), (long) window);
    if (size >= window / 2) {
      return;
    }
    Optional<String> left =
        redis.call(jedis -> Optional.ofNullable(jedis.get(behind(lane))), Optional.empty());
    if (left.isEmpty()) {
      return; // another refill has found that Postgres holds no more
    }
    long last =
        redis
            .call(
                jedis ->
                    jedis.zrangeWithScores(ready(lane), -1, -1).stream()
                        .findFirst()
                        .map(end -> (long) end.getScore()),
                Optional.<Long>empty())
            .orElse(0L);
    List<ReadyJob> jobs = source.apply(new Range(lane, last, window));
    List<String> args = new ArrayList<>(2 + 2 * jobs.size());
    args.add(left.get());
    args.add(jobs.size() == window ? "1" : "0");
    addMembers(args, jobs);
    redis.send(jedis -> REFILL.run(jedis, List.of(ready(lane), behind(lane)), args));
    log.debug("refilled {} with {} jobs", lane, jobs.size());
  }

  /**
   * Whether Redis still holds what was left there by the last call with this text, so that no hint
   * has vanished meanwhile; leaves it there. True while Redis is away.
   */
  public boolean remembers(String text) {
    String key = RedisKeys.resynced();
    return redis.call(jedis -> text.equals(jedis.setGet(key, text)), true);
  }

  /** Ready jobs of a lane whose rank is above {@code after}, at most {@code most} of them. */
  public record Range(Lane lane, long after, int most) {}

  private static void addMembers(List<String> args, List<ReadyJob> jobs) {
    for (ReadyJob job : jobs) {
      args.add(Long.toString(job.rank()));
      args.add(job.member());
    }
  }

  private static String ready(Lane lane) {
    return RedisKeys.ready(lane.queue(), lane.kind());
  }

  private static String behind(Lane lane) {
    return RedisKeys.behind(lane.queue(), lane.kind());
  }
}
