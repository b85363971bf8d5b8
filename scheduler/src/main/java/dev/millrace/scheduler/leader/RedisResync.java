package dev.millrace.scheduler.leader;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import dev.millrace.queue.Calls;
import dev.millrace.queue.Claims;
import dev.millrace.queue.Lane;
import dev.millrace.queue.LaneMarks;
import dev.millrace.queue.QueueException;
import dev.millrace.queue.ReadyJob;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.queue.ScanPace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts into Redis what it lacks of the ready jobs, lane by lane. A step takes bounded time, however
 * long the lanes are, however many of their jobs are held, and however many have ended while a
 * transaction keeps Postgres from removing their index entries. Thread-safe.
 */
final class RedisResync {
  private static final Logger log = LoggerFactory.getLogger(RedisResync.class);
  private static final String LANES = Sql.of(RedisResync.class, "lanes");
  private static final String SERVED = Sql.of(RedisResync.class, "served");

  /** The time that the sweeps of one step may take together. */
  private static final Duration SWEEPS = Duration.ofMillis(25);

  /** Of the lanes that no queue worker serves, as many are looked at in one step. */
  static final int OTHERS = 100;

  private static final Duration ALL_LANES = Duration.ofSeconds(1);

  private final Jdbi jdbi;
  private final ReadyJobs ready;
  private final Claims claims;
  private final Duration cheap;
  private final ScanPace lanePace;
  private final Map<Lane, LaneScan> looks = new HashMap<>();
  private final String life = UUID.randomUUID().toString();
  private final Map<Band, Long> lowered = new ConcurrentHashMap<>();
  private volatile boolean anyMarked;
  private long newestBefore;
  private int turn;
  private int nextOther;

  /** Those that had ready jobs when all were looked for last. */
  private List<Lane> known = List.of();

  RedisResync(Jdbi jdbi, ReadyJobs ready, Duration cheap) {
    this.jdbi = jdbi;
    this.ready = ready;
    this.claims = new Claims(jdbi);
    this.cheap = cheap;
    this.lanePace = new ScanPace(cheap);
  }

  /** The jobs of a lane that have one priority. */
  private record Band(Lane lane, int place) {}

  /** One step over all lanes. */
  synchronized void step() {
    takeLowered();
    long newest = Claims.newest(jdbi);
    List<Lane> all = lanes();
    looks.keySet().retainAll(all);
    List<Lane> lanes = inTurn(all);
    List<LaneScan> marked = new ArrayList<>();
    Map<LaneScan, Lane> laneOf = new HashMap<>();
    for (Lane lane : lanes) {
      LaneScan look = looks.computeIfAbsent(lane, one -> new LaneScan(jdbi, one, cheap));
      laneOf.put(look, lane);
      log(lane, look.near(newestBefore));
      if (look.marked()) {
        marked.add(look);
      }
    }
    newestBefore = newest;
    anyMarked = !marked.isEmpty();
    if (!marked.isEmpty()) {
      sweep(marked, laneOf);
    }
  }

  private void sweep(List<LaneScan> marked, Map<LaneScan, Lane> laneOf) {
    if (redisWasEmptied()) {
      marked.forEach(LaneScan::distrust);
    }
    long until = System.nanoTime() + SWEEPS.toNanos();
    Set<LaneScan> left = new LinkedHashSet<>();
    for (int i = 0; i < marked.size(); i++) {
      left.add(marked.get(Math.floorMod(turn + i, marked.size())));
    }
    turn++;
    while (!left.isEmpty()) {
      for (LaneScan look : List.copyOf(left)) {
        LaneScan.Found found = look.swept();
        Lane lane = laneOf.getOrDefault(look, new Lane("", ""));
        log(lane, found);
        if (found.endOfRound() || !look.marked()) {
          left.remove(look);
        }
        if (System.nanoTime() - until >= 0) {
          return;
        }
      }
    }
  }

  private void log(Lane lane, LaneScan.Found found) {
    if (!found.skipping().isEmpty()) {
      claims.skipBusy(found.skipping());
    }
    ready.push(lane, found.claimable(), found.more());
  }

  /** These have become ready, wherever the marks of their lane stand. */
  void lower(Lane lane, List<ReadyJob> jobs) {
    if (anyMarked) {
      for (ReadyJob job : jobs) {
        Band band = new Band(lane, LaneMarks.place(job.rank()));
        lowered.merge(band, job.rank(), Math::min);
      }
    }
  }

  private void takeLowered() {
    for (Band band : List.copyOf(lowered.keySet())) {
      Long rank = lowered.remove(band);
      LaneScan look = looks.get(band.lane());
      if (look != null && rank != null) {
        look.lower(rank);
      }
    }
  }

  /** Says it once for each time that what this process left in Redis is gone. */
  private boolean redisWasEmptied() {
    return !ready.remembers(life);
  }

  /**
   * The lanes that have ready jobs; while it is expensive to look for them, those that had some and
   * those that are served.
   */
  private List<Lane> lanes() {
    if (lanePace.due()) {
      long asked = System.nanoTime();
      try {
        List<Lane> lanes = allLanes(jdbi);
        boolean dear = lanePace.took(Duration.ofNanos(System.nanoTime() - asked));
        known = lanes;
        return dear ? with(lanes) : lanes;
      } catch (JdbiException | QueueException e) {
        if (!SqlStates.isStatementTimeout(e)) {
          throw e;
        }
        lanePace.took(ALL_LANES);
        log.debug("the lanes that no worker serves are found later", e);
      }
    }
    return with(known);
  }

  /**
   * Those that are served, and some of the others: a caller that may enqueue can make any number of
   * lanes, by the names of queues, and they must not keep the served ones waiting.
   */
  private List<Lane> inTurn(List<Lane> all) {
    if (all.size() <= OTHERS) {
      return all;
    }
    Set<Lane> served = Set.copyOf(read(SERVED));
    List<Lane> others = all.stream().filter(lane -> !served.contains(lane)).toList();
    List<Lane> now = new ArrayList<>(all.stream().filter(served::contains).toList());
    for (int i = 0; i < Math.min(OTHERS, others.size()); i++) {
      now.add(others.get(Math.floorMod(nextOther++, others.size())));
    }
    return now;
  }

  private List<Lane> with(List<Lane> found) {
    Set<Lane> lanes = new LinkedHashSet<>(found);
    lanes.addAll(read(SERVED));
    return List.copyOf(lanes);
  }

  static List<Lane> allLanes(Jdbi jdbi) {
    return Calls.inTransaction(
        jdbi,
        handle -> {
          Calls.limitStatements(handle, ALL_LANES);
          return handle
              .createQuery(LANES)
              .map((row, context) -> new Lane(row.getString(1), row.getString(2)))
              .list();
        });
  }

  private List<Lane> read(String sql) {
    return Calls.withHandle(
        jdbi,
        handle ->
            handle
                .createQuery(sql)
                .map((row, context) -> new Lane(row.getString(1), row.getString(2)))
                .list());
  }
}
