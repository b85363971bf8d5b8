package dev.millrace.redis;

import java.util.List;

/**
 * Every key that Millrace writes. All keys of a queue share its hash tag, so that they stand in one
 * slot of a cluster.
 */
public final class RedisKeys {
  /** In front of the names of {@link #sync}, unless a setting says otherwise. */
  public static final String SYNC_PREFIX = "millrace:{master}:";

  private RedisKeys() {}

  /** ZSET of a lane's near end: member {@code id[:lock key]}, score the rank. */
  public static String ready(String queue, String kind) {
    return "millrace:{" + queue + "}:ready:" + kind;
  }

  /**
   * STRING counter: how many ready jobs of the lane were left to Postgres because the near end was
   * full.
   */
  public static String behind(String queue, String kind) {
    return "millrace:{" + queue + "}:behind:" + kind;
  }

  /** STRING: held while one worker refills a lane; expires. */
  public static String refill(String queue, String kind) {
    return "millrace:{" + queue + "}:refill:" + kind;
  }

  /** STRING that is written to see whether Redis takes writes; expires. */
  public static String probe(String queue) {
    return "millrace:{" + queue + "}:probe";
  }

  /** HASH of what a running job reports; expires. */
  public static String progress(long jobId) {
    return "millrace:{progress}:" + jobId;
  }

  /** LIST of wake-ups for the dispatcher: a job was scheduled for soon. */
  public static String dispatcherWake() {
    return "millrace:{dispatcher}:wake";
  }

  /** ZSET of a service's requests of the last minute that count against one limit; expires. */
  public static String requests(String service, String subject) {
    return "millrace:{" + service + "}:requests:" + subject;
  }

  /** STRING by which the leader notices that Redis has lost its content. */
  public static String resynced() {
    return "millrace:{dispatcher}:resynced";
  }

  /**
   * STRINGs that show the master sync: its lock, status and progress; they expire. On a cluster the
   * prefix must hold a hash tag.
   */
  public static List<String> sync(String prefix) {
    return List.of(prefix + "sync:lock", prefix + "sync:status", prefix + "sync:progress");
  }

  /** STRING counter of a rate limit's window; expires with it. */
  public static String limit(String name, String digest) {
    return "millrace:{limit-" + name + "}:" + digest;
  }

  /** The prefix of Redisson's lock for a lock key. */
  public static String lock(String lockKey) {
    return "millrace:lock:" + lockKey;
  }
}
