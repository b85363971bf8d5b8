package dev.millrace.drills.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The protocol as a state machine in memory, with rules that can be left out. Not thread-safe. */
final class ModelQueue implements Protocol {
  private final Set<Rule> rules;
  private final Map<Long, Row> rows = new TreeMap<>();
  private final Set<String> leases = new HashSet<>();
  private final List<String> violations = new ArrayList<>();
  private long ids;
  private long fences;

  ModelQueue(Set<Rule> rules) {
    this.rules = Set.copyOf(rules);
  }

  private static final class Row {
    private final long id;
    private final @Nullable String lockKey;
    private final int maxAttempts;
    private final Set<Long> effects = new HashSet<>();
    private String state = "queued";
    private String life = "";
    private long fence;
    private int attempt;

    Row(long id, @Nullable String lockKey, int maxAttempts) {
      this.id = id;
      this.lockKey = lockKey;
      this.maxAttempts = maxAttempts;
    }

    boolean processing() {
      return state.equals("processing");
    }

    boolean finished() {
      return state.equals("completed") || state.equals("failed");
    }
  }

  /** What should never have happened. */
  List<String> violations() {
    return violations;
  }

  boolean finished() {
    return rows.values().stream().allMatch(Row::finished);
  }

  /** The jobs that may be claimed. */
  List<Long> queued() {
    return rows.values().stream()
        .filter(row -> row.state.equals("queued"))
        .map(row -> row.id)
        .toList();
  }

  /** The jobs that Postgres thinks a life is running. */
  List<Claim> heldBy(String life) {
    return rows.values().stream()
        .filter(row -> row.processing() && row.life.equals(life))
        .map(row -> new Claim(row.id, row.fence))
        .toList();
  }

  @Override
  public long enqueue(Optional<String> lockKey, int maxAttempts) {
    ids++;
    rows.put(ids, new Row(ids, lockKey.orElse(null), maxAttempts));
    return ids;
  }

  @Override
  public void register(String life) {
    leases.add(life);
  }

  @Override
  public void expire(String life) {
    leases.remove(life);
  }

  @Override
  public boolean renew(String life) {
    return leases.contains(life);
  }

  @Override
  public List<Claim> claim(String life, List<Long> jobIds) {
    List<Claim> claims = new ArrayList<>();
    for (long id : jobIds) {
      Row row = rows.get(id);
      if (row == null || !leases.contains(life) || row.attempt >= row.maxAttempts) {
        continue;
      }
      if (rules.contains(Rule.CLAIM_STATE) && !row.state.equals("queued")) {
        continue;
      }
      if (rules.contains(Rule.LOCK_KEY) && held(row)) {
        continue;
      }
      if (!row.state.equals("queued")) {
        violations.add("job " + id + " was claimed while " + row.state);
      }
      if (held(row)) {
        violations.add("lock key " + row.lockKey + " is held twice, by job " + id + " as well");
      }
      row.state = "processing";
      row.life = life;
      row.fence = ++fences;
      row.attempt++;
      claims.add(new Claim(id, row.fence));
    }
    return claims;
  }

  private boolean held(Row row) {
    return row.lockKey != null
        && rows.values().stream()
            .anyMatch(
                other -> other != row && other.processing() && row.lockKey.equals(other.lockKey));
  }

  private boolean newest(Claim claim) {
    Row row = row(claim);
    return row.processing() && row.fence == claim.fence();
  }

  private Row row(Claim claim) {
    Row row = rows.get(claim.jobId());
    if (row == null) {
      throw new IllegalArgumentException("no job " + claim.jobId());
    }
    return row;
  }

  @Override
  public boolean effect(Claim claim) {
    if (!newest(claim)) {
      if (rules.contains(Rule.EFFECT_FENCE)) {
        return false;
      }
      violations.add("job " + claim.jobId() + " got an effect of the stale fence " + claim.fence());
    }
    row(claim).effects.add(claim.fence());
    return true;
  }

  @Override
  public boolean complete(Claim claim) {
    Row row = row(claim);
    boolean mine = rules.contains(Rule.RECORD_FENCE) ? newest(claim) : row.processing();
    if (!mine) {
      return false;
    }
    row.state = "completed";
    return true;
  }

  /** Looks whether what is recorded as completed was done by the attempt that is recorded. */
  void checkCompleted() {
    for (Row row : rows.values()) {
      if (row.state.equals("completed") && !row.effects.contains(row.fence)) {
        violations.add(
            "job " + row.id + " is completed under fence " + row.fence + ", which had no effect");
      }
      if (row.attempt > row.maxAttempts) {
        violations.add("job " + row.id + " had " + row.attempt + " attempts");
      }
    }
  }

  @Override
  public boolean retry(Claim claim) {
    if (!newest(claim)) {
      return false;
    }
    Row row = row(claim);
    row.state = row.attempt < row.maxAttempts ? "scheduled" : "failed";
    return true;
  }

  @Override
  public boolean handBack(Claim claim) {
    if (!newest(claim)) {
      return false;
    }
    Row row = row(claim);
    row.state = "queued";
    row.attempt--;
    return true;
  }

  @Override
  public void rescue() {
    if (!rules.contains(Rule.RESCUE)) {
      return;
    }
    for (Row row : rows.values()) {
      if (row.processing() && !leases.contains(row.life)) {
        boolean last = rules.contains(Rule.POISON_CAP) && row.attempt >= row.maxAttempts;
        row.state = last ? "failed" : "scheduled";
      }
    }
  }

  @Override
  public void promote() {
    for (Row row : rows.values()) {
      if (row.state.equals("scheduled")) {
        row.state = "queued";
      }
    }
  }

  @Override
  public List<Job> jobs() {
    return rows.values().stream().map(row -> new Job(row.id, row.state, row.attempt)).toList();
  }
}
