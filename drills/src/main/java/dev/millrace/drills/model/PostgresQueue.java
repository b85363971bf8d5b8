package dev.millrace.drills.model;

import dev.millrace.db.Database;
import dev.millrace.job.NewJob;
import dev.millrace.lock.JobLocks;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.Claims;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Leases;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.Rank;
import dev.millrace.queue.ReadyJob;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.scheduler.leader.Dispatch;
import dev.millrace.scheduler.leader.Rescue;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** The protocol as the product does it. Its own effects are rows of the drill's schema. */
final class PostgresQueue implements Protocol {
  private static final String KIND = "drill.sequence";
  private static final Duration BACK_OFF = Duration.ofHours(1);

  private final Jdbi jdbi;
  private final QueueClient client;
  private final Claims claims;
  private final JobResults results;
  private final Leases leases;
  private final Rescue rescue;
  private final Dispatch dispatch;
  private final Map<Claim, ClaimedJob> claimed = new HashMap<>();
  private final Map<Long, Optional<String>> lockKeys = new HashMap<>();

  PostgresQueue(Database database, Redis redis, JobLocks locks) {
    ReadyJobs ready = new ReadyJobs(redis);
    this.jdbi = database.jdbi();
    this.client = new QueueClient(database, redis, ready);
    this.claims = new Claims(jdbi);
    this.results = new JobResults(jdbi, client);
    this.leases = new Leases(jdbi, Duration.ofHours(1));
    this.rescue = new Rescue(jdbi, locks);
    this.dispatch = new Dispatch(jdbi, ready);
  }

  /** Forgets all jobs and workers. */
  void clear() {
    claimed.clear();
    lockKeys.clear();
    jdbi.useHandle(
        handle ->
            handle.execute(
                "DELETE FROM millrace.jobs; DELETE FROM millrace.queue_workers; DELETE FROM drill.effects"));
  }

  @Override
  public long enqueue(Optional<String> lockKey, int maxAttempts) {
    NewJob job = NewJob.of(KIND, "{}").withMaxAttempts(maxAttempts);
    long id = client.enqueue(lockKey.map(job::withLockKey).orElse(job)).jobId();
    lockKeys.put(id, lockKey);
    return id;
  }

  @Override
  public void register(String life) {
    leases.register(
        new Leases.Registration(
            life, life, "model", 1, List.of(NewJob.DEFAULT_QUEUE), List.of(KIND), 1));
  }

  /** The process lives on, so that its jobs are not suspected to have killed it. */
  @Override
  public void expire(String life) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.queue_workers SET state = 'stopped', lease_until = clock_timestamp() - interval '1 second' WHERE worker_id = ?",
                life));
  }

  @Override
  public boolean renew(String life) {
    return leases.renew(life, false);
  }

  @Override
  public List<Claim> claim(String life, List<Long> jobIds) {
    List<ReadyJob> hints =
        jobIds.stream()
            .map(
                id ->
                    new ReadyJob(
                        Rank.of(0, id), lockKeys.getOrDefault(id, Optional.empty()).orElse(null)))
            .toList();
    return claims.claim(life, hints).stream()
        .map(
            job -> {
              Claim claim = new Claim(job.id(), job.fence());
              claimed.put(claim, job);
              return claim;
            })
        .toList();
  }

  private ClaimedJob job(Claim claim) {
    ClaimedJob job = claimed.get(claim);
    if (job == null) {
      throw new IllegalArgumentException("no " + claim);
    }
    return job;
  }

  @Override
  public boolean effect(Claim claim) {
    return jdbi.withHandle(
        handle -> {
          handle.begin();
          handle.execute(
              "INSERT INTO drill.effects (job_id, fence, attempt, number) VALUES (?, ?, 1, 1)",
              claim.jobId(),
              claim.fence());
          boolean mine = JobResults.stillMine(handle, job(claim));
          if (mine) {
            handle.commit();
          } else {
            handle.rollback();
          }
          return mine;
        });
  }

  @Override
  public boolean complete(Claim claim) {
    return results
        .completed(List.of(new JobResults.Completed(job(claim), null)))
        .contains(claim.jobId());
  }

  @Override
  public boolean retry(Claim claim) {
    ClaimedJob job = job(claim);
    return job.attempt() < job.maxAttempts()
        ? results.again(job, JobResults.Again.FAILED, BACK_OFF, "as the model wants")
        : results.ended(job, dev.millrace.job.JobState.FAILED, "as the model wants", null);
  }

  @Override
  public boolean handBack(Claim claim) {
    return results.again(job(claim), JobResults.Again.HANDED_BACK, Duration.ZERO, null);
  }

  @Override
  public void rescue() {
    rescue.run();
  }

  @Override
  public void promote() {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET run_at = clock_timestamp() - interval '1 second' WHERE state = 'scheduled'"));
    dispatch.promote();
  }

  @Override
  public List<Job> jobs() {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT id, state, attempt FROM millrace.jobs ORDER BY id")
                .map((row, context) -> new Job(row.getLong(1), row.getString(2), row.getInt(3)))
                .list());
  }
}
