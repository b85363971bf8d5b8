package dev.millrace.scheduler.leader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.Trigger;
import dev.millrace.progress.SyncKeys;
import dev.millrace.redis.RedisKeys;
import dev.millrace.schedule.MasterSync;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

class SyncMirrorTest {
  private final LeaderFixture queue = new LeaderFixture();
  private final UnifiedJedis redis = queue.redis.client();
  private final SyncMirror mirror = mirror("");

  @AfterEach
  void close() {
    queue.close();
  }

  private SyncMirror mirror(String prefix) {
    return new SyncMirror(queue.jdbi, new SyncKeys(queue.redis, prefix));
  }

  private long sync() {
    return queue.client.enqueue(MasterSync.job(Trigger.API)).jobId();
  }

  private void set(long job, String values) {
    queue.jdbi.useHandle(
        handle -> handle.execute("UPDATE millrace.jobs SET " + values + " WHERE id = ?", job));
  }

  private void waits(long job, int total, int left) {
    set(
        job,
        "state = 'waiting', started_at = '2026-01-02T03:04:05Z', children_total = %d, children_left = %d"
            .formatted(total, left));
  }

  private void ends(long job) {
    set(
        job,
        "state = 'completed', finished_at = clock_timestamp(), started_at = '2026-01-02T03:04:05Z', children_total = 20, children_left = 0");
  }

  @Test
  void the_keys_show_a_sync_as_the_documents_say() {
    long job = sync();
    mirror.show();
    assertThat(redis.get("sync:lock")).isEqualTo(Long.toString(job));
    assertThat(redis.get("sync:status"))
        .startsWith("{\"state\":\"syncing_master\",\"started_at\":\"");
    assertThat(redis.exists("sync:progress")).isFalse();

    waits(job, 20, 15);
    mirror.show();
    assertThat(redis.get("sync:status"))
        .isEqualTo("{\"state\":\"processing_suppliers\",\"started_at\":\"2026-01-02T03:04:05Z\"}");
    assertThat(redis.get("sync:progress")).isEqualTo("{\"current\":5,\"total\":20}");

    ends(job);
    mirror.show();
    assertThat(redis.exists("sync:lock")).isFalse();
    assertThat(redis.get("sync:status"))
        .isEqualTo("{\"state\":\"idle\",\"started_at\":\"2026-01-02T03:04:05Z\"}");
    assertThat(redis.get("sync:progress")).isEqualTo("{\"current\":20,\"total\":20}");
    assertThat(redis.ttl("sync:progress")).isBetween(1L, 30L);
  }

  @Test
  void keys_that_were_flushed_or_are_old_are_written_again() {
    waits(sync(), 20, 15);
    mirror.show();
    redis.pexpire("sync:lock", 5_000);
    mirror.show();
    assertThat(redis.pttl("sync:lock")).as("renewed").isGreaterThan(5_000);
    redis.flushAll();
    mirror.show();
    assertThat(redis.keys("*")).contains("sync:lock", "sync:status", "sync:progress");
  }

  @Test
  void a_lock_of_another_program_and_its_keys_are_left_alone() {
    redis.set("sync:lock", "arq:job:7");
    redis.set("sync:status", "theirs");
    long job = sync();
    mirror.show();
    ends(job);
    mirror.show();
    assertThat(redis.get("sync:lock")).isEqualTo("arq:job:7");
    assertThat(redis.get("sync:status")).isEqualTo("theirs");
    assertThat(redis.exists("sync:progress")).isFalse();
  }

  @Test
  void a_lock_of_another_type_is_left_alone() {
    redis.lpush("sync:lock", "x");
    sync();
    mirror.show();
    assertThat(redis.llen("sync:lock")).isOne();
    assertThat(queue.redis.up()).isTrue();
  }

  @Test
  void a_sync_takes_over_the_lock_of_one_that_has_ended() {
    long first = sync();
    mirror.show();
    ends(first);
    long second = sync();
    mirror("").show();
    assertThat(redis.get("sync:lock")).isEqualTo(Long.toString(second));
  }

  @Test
  void a_new_leader_releases_the_lock_of_a_sync_that_has_ended() {
    long job = sync();
    mirror.show();
    ends(job);
    mirror("").show();
    assertThat(redis.exists("sync:lock")).isFalse();
  }

  @Test
  void the_keys_stand_under_the_prefix() {
    redis.flushAll();
    sync();
    mirror(RedisKeys.SYNC_PREFIX).show();
    assertThat(Set.copyOf(redis.keys("*sync:*")))
        .containsExactlyInAnyOrder("millrace:{master}:sync:lock", "millrace:{master}:sync:status");
  }
}
