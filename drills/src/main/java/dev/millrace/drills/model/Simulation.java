package dev.millrace.drills.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Workers, a leader, a network and a clock around a {@link ModelQueue}; the seed alone decides what
 * happens next. Workers freeze, die and wake; statements wait in the network and arrive late;
 * answers are lost; hints vanish. When the trouble is over, every job must end.
 */
final class Simulation {
  private static final int WORKERS = 3;
  private static final int JOBS = 6;
  private static final int STEPS = 160;
  private static final int CALM_ROUNDS = 400;
  private static final int LEASE = 100;
  private static final int TRUST = 80;
  private static final int HANDS = 2;

  private final Random random;
  private final Set<Rule> rules;
  private final ModelQueue queue;
  private final List<Worker> workers = new ArrayList<>();
  private final Set<Long> hints = new HashSet<>();
  private int now;
  private int lives;
  private boolean calm;

  private Simulation(long seed, Set<Rule> rules) {
    this.random = new Random(seed);
    this.rules = rules;
    this.queue = new ModelQueue(rules);
    for (int i = 0; i < WORKERS; i++) {
      workers.add(new Worker());
    }
  }

  /** What went wrong with this seed, if anything did. */
  static Optional<String> run(long seed, Set<Rule> rules) {
    return new Simulation(seed, rules).play();
  }

  private Optional<String> play() {
    int enqueued = 0;
    for (int step = 0; step < STEPS; step++) {
      if (enqueued < JOBS && random.nextInt(8) == 0) {
        Optional<String> lockKey = random.nextInt(3) == 0 ? Optional.of("k") : Optional.empty();
        hints.add(queue.enqueue(lockKey, 2 + random.nextInt(3)));
        enqueued++;
      }
      happen();
    }
    calm = true;
    workers.forEach(worker -> worker.frozen = false);
    for (int round = 0; round < CALM_ROUNDS && !queue.finished(); round++) {
      pass(5);
      workers.forEach(Worker::step);
      workers.forEach(Worker::deliver);
      lead();
    }
    queue.checkCompleted();
    if (!queue.violations().isEmpty()) {
      return Optional.of(queue.violations().get(0));
    }
    return queue.finished() ? Optional.empty() : Optional.of("jobs do not end: " + queue.jobs());
  }

  private void happen() {
    Worker worker = workers.get(random.nextInt(WORKERS));
    switch (random.nextInt(20)) {
      case 0 -> worker.frozen = true;
      case 1, 2 -> worker.frozen = false;
      case 3 -> worker.die();
      case 4 -> hints.clear();
      case 5 -> hints.add(1L + random.nextInt(JOBS)); // a hint that may lie
      case 6, 7 -> lead();
      case 8, 9, 10 -> worker.deliver();
      case 11, 12, 13 -> pass(1 + random.nextInt(20));
      default -> worker.step();
    }
  }

  private void pass(int time) {
    now += time;
    for (Worker worker : workers) {
      worker.expireOld();
    }
  }

  private void lead() {
    queue.rescue();
    queue.promote();
    if (rules.contains(Rule.RESYNC)) {
      hints.addAll(queue.queued());
    }
  }

  /** An attempt as its worker sees it. */
  private static final class Running {
    private final Protocol.Claim claim;
    private boolean effectSent;
    private boolean effectDone;
    private boolean recordSent;

    Running(Protocol.Claim claim) {
      this.claim = claim;
    }
  }

  private final class Worker {
    private final List<Running> held = new ArrayList<>();
    private final ArrayDeque<Runnable> network = new ArrayDeque<>();
    private final List<OldLease> leases = new ArrayList<>();
    private String life = "";
    private int trustedUntil;
    private boolean frozen;
    private boolean claiming;
    private boolean inDoubt;

    private record OldLease(String life, int until) {}

    /** The database's clock ends leases, whatever the worker believes. */
    void expireOld() {
      leases.removeIf(
          lease -> {
            boolean over = lease.until() <= now;
            boolean renewed =
                leases.stream()
                    .anyMatch(other -> other.life().equals(lease.life()) && other.until() > now);
            if (over && !renewed) {
              queue.expire(lease.life());
            }
            return over;
          });
    }

    private void lease(String name) {
      leases.add(new OldLease(name, now + LEASE));
    }

    /** Killed, and another process begins in its place; what it had sent may still arrive. */
    void die() {
      held.clear();
      life = "";
      claiming = false;
      inDoubt = false;
      frozen = false;
      for (int lost = random.nextInt(2); lost > 0 && !network.isEmpty(); lost--) {
        network.pollLast();
      }
    }

    /** One statement that was sent arrives. */
    void deliver() {
      Runnable statement = network.poll();
      if (statement != null) {
        statement.run();
      }
    }

    private boolean answerLost() {
      return !calm && random.nextInt(6) == 0;
    }

    void step() {
      if (frozen) {
        return;
      }
      if (life.isEmpty() || now >= trustedUntil) {
        begin();
        return;
      }
      switch (random.nextInt(4)) {
        case 0 -> renew();
        case 1 -> claim();
        default -> work();
      }
    }

    private void begin() {
      held.clear();
      claiming = false;
      inDoubt = false;
      lives++;
      life = "life-" + lives;
      trustedUntil = now + TRUST;
      queue.register(life);
      lease(life);
    }

    private void renew() {
      String mine = life;
      int asked = now;
      network.add(
          () -> {
            if (queue.renew(mine)) {
              lease(mine);
              if (life.equals(mine) && !answerLost()) {
                trustedUntil = Math.max(trustedUntil, asked + TRUST);
              }
            }
          });
      giveBackUnheard();
    }

    /** What Postgres says this incarnation runs, and it does not know of. */
    private void giveBackUnheard() {
      if (!inDoubt || claiming || !rules.contains(Rule.UNACKNOWLEDGED_CLAIM)) {
        return;
      }
      for (Protocol.Claim claim : queue.heldBy(life)) {
        if (held.stream().noneMatch(running -> running.claim.equals(claim))) {
          queue.handBack(claim);
        }
      }
      inDoubt = false;
    }

    private void claim() {
      if (claiming || inDoubt || held.size() >= HANDS || hints.isEmpty()) {
        return;
      }
      List<Long> some = hints.stream().sorted().limit(1L + random.nextInt(2)).toList();
      hints.removeAll(some);
      String mine = life;
      claiming = true;
      network.add(
          () -> {
            List<Protocol.Claim> claims = queue.claim(mine, some);
            if (!life.equals(mine)) {
              return;
            }
            claiming = false;
            if (answerLost()) {
              inDoubt = true;
            } else {
              claims.forEach(claim -> held.add(new Running(claim)));
            }
          });
    }

    private void work() {
      if (held.isEmpty()) {
        return;
      }
      Running running = held.get(random.nextInt(held.size()));
      if (!running.effectSent) {
        running.effectSent = true;
        network.add(() -> effect(running));
      } else if (running.effectDone && !running.recordSent) {
        running.recordSent = true;
        boolean fails = !calm && random.nextInt(8) == 0;
        network.add(() -> record(running, fails));
      }
    }

    private void effect(Running running) {
      boolean committed = queue.effect(running.claim);
      if (!committed) {
        held.remove(running);
      } else if (answerLost()) {
        running.effectDone = false;
        running.recordSent = true;
        network.add(() -> record(running, true)); // it believes that it failed
      } else {
        running.effectDone = true;
      }
    }

    private void record(Running running, boolean fails) {
      boolean unused = fails ? queue.retry(running.claim) : queue.complete(running.claim);
      if (answerLost()) {
        network.add(() -> record(running, fails)); // asked again; the fence finds nothing to change
      } else {
        held.remove(running);
      }
    }
  }
}
