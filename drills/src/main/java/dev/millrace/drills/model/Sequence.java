package dev.millrace.drills.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * The same random moves made in the model and in Postgres: whatever the order, both must answer
 * alike and hold the same jobs. Old claims are kept and tried again, for they are what fences are
 * for.
 */
final class Sequence {
  private static final int MOVES = 30;
  private static final int LIVES = 3;

  private final Random random;
  private final Protocol model;
  private final Protocol real;
  private final List<Jobs> jobs = new ArrayList<>();
  private final List<Claims> claims = new ArrayList<>();
  private final List<String> moves = new ArrayList<>();
  private final String[] lives = new String[LIVES];
  private final String prefix;
  private int began;

  /** One job, as both know it. */
  private record Jobs(long model, long real, Optional<String> lockKey) {}

  /** One claim, as both know it. */
  private record Claims(Protocol.Claim model, Protocol.Claim real) {}

  Sequence(long seed, Protocol model, Protocol real) {
    this.random = new Random(seed);
    this.model = model;
    this.real = real;
    this.prefix = "s" + Long.toHexString(seed) + "-";
  }

  /** Where the two part ways, if they do; with the moves that led there. */
  Optional<String> play() {
    for (int i = 0; i < LIVES; i++) {
      begin(i);
    }
    for (int i = 0; i < MOVES; i++) {
      Optional<String> difference = move().or(this::compare);
      if (difference.isPresent()) {
        return Optional.of(difference.get() + " after " + String.join(", ", moves));
      }
    }
    return Optional.empty();
  }

  private void begin(int worker) {
    began++;
    lives[worker] = prefix + began;
    model.register(lives[worker]);
    real.register(lives[worker]);
  }

  private Optional<String> move() {
    int worker = random.nextInt(LIVES);
    String life = lives[worker];
    switch (random.nextInt(12)) {
      case 0, 1 -> enqueue();
      case 2, 3, 4 -> {
        return claim(life);
      }
      case 5 -> {
        moves.add("rescue");
        model.rescue();
        real.rescue();
      }
      case 6 -> {
        moves.add("promote");
        model.promote();
        real.promote();
      }
      case 7 -> {
        moves.add("expire " + life);
        model.expire(life);
        real.expire(life);
        if (random.nextBoolean()) {
          begin(worker);
        }
      }
      case 8 -> {
        moves.add("renew " + life);
        return same(model.renew(life), real.renew(life));
      }
      default -> {
        return write();
      }
    }
    return Optional.empty();
  }

  private void enqueue() {
    Optional<String> lockKey =
        random.nextInt(3) == 0 ? Optional.of("k" + random.nextInt(2)) : Optional.empty();
    int attempts = 1 + random.nextInt(3);
    moves.add("enqueue " + lockKey.orElse("") + "/" + attempts);
    jobs.add(new Jobs(model.enqueue(lockKey, attempts), real.enqueue(lockKey, attempts), lockKey));
  }

  private Optional<String> claim(String life) {
    List<Jobs> some = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (int i = random.nextInt(3); i >= 0 && !jobs.isEmpty(); i--) {
      Jobs job = jobs.get(random.nextInt(jobs.size()));
      if (!some.contains(job) && job.lockKey().map(keys::add).orElse(true)) {
        some.add(job);
      }
    }
    moves.add("claim " + some.stream().map(Jobs::model).toList() + " by " + life);
    List<Protocol.Claim> ofModel = model.claim(life, some.stream().map(Jobs::model).toList());
    List<Protocol.Claim> ofReal = real.claim(life, some.stream().map(Jobs::real).toList());
    for (Jobs job : some) {
      Optional<Protocol.Claim> one = of(ofModel, job.model());
      Optional<Protocol.Claim> other = of(ofReal, job.real());
      if (one.isPresent() != other.isPresent()) {
        return Optional.of("job " + job.model() + ": model " + one + ", Postgres " + other);
      }
      if (one.isPresent() && other.isPresent()) {
        claims.add(new Claims(one.get(), other.get()));
      }
    }
    return Optional.empty();
  }

  private static Optional<Protocol.Claim> of(List<Protocol.Claim> claims, long jobId) {
    return claims.stream().filter(claim -> claim.jobId() == jobId).findFirst();
  }

  private Optional<String> write() {
    if (claims.isEmpty()) {
      return Optional.empty();
    }
    Claims claim = claims.get(random.nextInt(claims.size()));
    int what = random.nextInt(4);
    moves.add(List.of("effect", "complete", "retry", "hand back").get(what) + " " + claim.model());
    return switch (what) {
      case 0 -> same(model.effect(claim.model()), real.effect(claim.real()));
      case 1 -> same(model.complete(claim.model()), real.complete(claim.real()));
      case 2 -> same(model.retry(claim.model()), real.retry(claim.real()));
      default -> same(model.handBack(claim.model()), real.handBack(claim.real()));
    };
  }

  private static Optional<String> same(boolean ofModel, boolean ofReal) {
    return ofModel == ofReal
        ? Optional.empty()
        : Optional.of("model says " + ofModel + ", Postgres " + ofReal);
  }

  private Optional<String> compare() {
    List<Protocol.Job> ofModel = model.jobs();
    List<Protocol.Job> ofReal =
        real.jobs().stream().sorted(Comparator.comparingLong(Protocol.Job::id)).toList();
    for (int i = 0; i < Math.max(ofModel.size(), ofReal.size()); i++) {
      if (i >= ofModel.size() || i >= ofReal.size()) {
        return Optional.of("model has " + ofModel.size() + " jobs, Postgres " + ofReal.size());
      }
      Protocol.Job one = ofModel.get(i);
      Protocol.Job other = ofReal.get(i);
      if (!one.state().equals(other.state()) || one.attempt() != other.attempt()) {
        return Optional.of("model has " + one + ", Postgres " + other);
      }
    }
    return Optional.empty();
  }
}
