package dev.millrace.drills;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What keeps the queue whole, each with the mutant that takes it away. A mutant lives in the child
 * processes or in the schema of one drill, never in the product's code.
 */
public enum Guard {
  /** A claim takes only jobs that are queued. */
  CLAIM_STATE(
      "flush-redis",
      List.of("unknown transitions"),
      new Mutant.Statement(
          "queue/Claims/claim.sql",
          "CASE state WHEN 'queued' THEN attempt < max_attempts AND limit_key IS NULL ELSE false"
              + " END",
          "attempt < max_attempts")),
  /** An outcome is recorded only under the newest fence. */
  RECORD_FENCE(
      "freeze-workers",
      List.of("outcomes recorded by strangers", "completed without an effect"),
      new Mutant.Statement(
          "queue/JobResults/complete.sql",
          """
          j.fence = ended.fence
             AND CASE j.state WHEN 'processing' THEN j.worker_id = ? ELSE false END""",
          "CASE j.state WHEN 'processing' THEN ?::text IS NOT NULL ELSE false END")),
  /** A fenced transaction looks at its fence before it commits. */
  EFFECT_FENCE(
      "freeze-workers",
      List.of("stale commits"),
      new Mutant.Statement(
          "queue/JobResults/stillMine.sql",
          "WHERE id = ? AND fence = ? AND worker_id = ? AND state = 'processing' FOR SHARE",
          "WHERE id = ? AND ?::bigint IS NOT NULL AND ?::text IS NOT NULL")),
  /** An effect is written in the fenced transaction. */
  FENCED_EFFECT(
      "freeze-workers", List.of("stale commits"), new Mutant.Argument("effect", "autocommit")),
  /** At most one job of a lock key is processing, whatever the locks in Redis say. */
  LOCK_INDEX(
      "flush-redis",
      List.of("lock keys held twice"),
      new Mutant.Schema("DROP INDEX millrace.one_processing_per_lock_key")),
  /** The jobs of a worker without a lease are taken back. */
  RESCUE(
      "kill-workers",
      List.of("lost"),
      new Mutant.Statement(
          "scheduler/leader/Rescue/lost.sql", "WHEN state = 'processing'", "WHEN false")),
  /** A job that loses its worker at every attempt fails at the last. */
  POISON_CAP(
      "kill-workers",
      List.of("lost"),
      new Mutant.Statement(
          "scheduler/leader/Rescue/lost.sql",
          "SELECT id, kind, attempt,",
          "SELECT id, kind, 0 AS attempt,")),
  /** A job whose process vanished is not run beside others again. */
  SUSPECTS_ALONE(
      "kill-workers",
      List.of("jobs lost beside a suspect"),
      new Mutant.Statement(
          "queue/JobResults/again.sql",
          "WHEN :vanished THEN processes_lost + 1",
          "WHEN :vanished THEN 0")),
  /** What Redis forgot is put there again. */
  RESYNC(
      "flush-redis",
      List.of("Redis was not restored"),
      new Mutant.Statement(
          "scheduler/leader/RedisResync/lanes.sql",
          "SELECT queue, kind FROM lanes",
          "$0\n WHERE false")),
  /** The leader's look goes on behind jobs that are held. */
  BEHIND_HELD(
      "flush-redis",
      List.of("jobs behind held ones stood still"),
      new Mutant.Statement(
          "scheduler/leader/LaneScan/head.sql", "j.rank >= stretch.low", "j.rank >= 0")),
  /** Without Redis, jobs are claimed straight from Postgres. */
  POSTGRES_WAY(
      "lose-redis",
      List.of("work stood still without Redis"),
      new Mutant.Statement(
          "queue/DirectClaims/next.sql", "j.state = 'queued'", "j.state = 'queued' AND false")),
  /** While Redis answers but takes nothing, idle workers look into Postgres. */
  IDLE_LOOK(
      "fill-redis",
      List.of("work stood still while Redis was full"),
      new Mutant.Statement(
          "queue/DirectClaims/next.sql", "j.state = 'queued'", "j.state = 'queued' AND false")),
  /** An enqueue is acknowledged after its commit has reached the disk. */
  DURABLE_COMMIT(
      "kill-postgres",
      List.of("lost"),
      new Mutant.Schema(
          "ALTER SYSTEM SET wal_writer_delay = '10s';"
              + "ALTER SYSTEM SET synchronous_commit = off;"
              + "SELECT pg_reload_conf()")),
  /** A claim whose answer was lost is given back by the worker that made it. */
  UNACKNOWLEDGED_CLAIM(
      "cut-commit",
      List.of("lost"),
      new Mutant.Statement(
          "queue/Claims/unacknowledged.sql", "AND state = 'processing'", "AND false")),
  /** The row of a slot decides: who comes second makes no job. */
  ONE_FIRE_A_SLOT(
      "fire-schedules",
      List.of("slots with more than one job"),
      new Mutant.Statement(
          "scheduler/FireStore/record.sql",
          "DO NOTHING",
          "DO UPDATE SET fired_at = clock_timestamp()")),
  /** Slots that no node fired are found and back-filled. */
  BACK_FILL(
      "fire-schedules",
      List.of("slots without a job"),
      new Mutant.Statement(
          "scheduler/Backfill/windows.sql", "WHERE kind IS NOT NULL", "WHERE false")),
  /** Triggers that Quartz's cluster has forgotten are freed. */
  STUCK_SWEEP(
      "fire-schedules",
      List.of("triggers stuck"),
      new Mutant.Statement(
          "scheduler/quartz/StuckTriggers/free.sql",
          "WHERE t.sched_name = :cluster",
          "WHERE false AND t.sched_name = :cluster")),
  /** A job that is handed back has not spent its attempt. */
  HAND_BACK(
      "stop-workers",
      List.of("attempts spent by a stop"),
      new Mutant.Statement(
          "queue/JobResults/handBack.sql", "attempt = attempt - 1", "attempt = attempt")),
  /** The leader looks at the near end of a lane, however long the lane is. */
  BOUNDED_LOOK(
      "long-queue",
      List.of("the leader reads the backlog"),
      new Mutant.Statement(
          "scheduler/leader/LaneScan/head.sql", "LIMIT ?) near", "LIMIT ? * 1000) near")),
  /** A look begins where the last one stood, behind what an old snapshot keeps. */
  PASSED_BY(
      "long-queue",
      List.of("the leader reads what has gone"),
      new Mutant.Statement(
          "scheduler/leader/LaneScan/head.sql", "j.rank >= stretch.low", "j.rank >= 0")),
  /** Redis holds a window of a lane. */
  WINDOW(
      "long-queue",
      List.of("Redis holds more than a window"),
      new Mutant.Statement("queue/push.lua", "behind == 0 and size + count <= window", "true")),
  /** A refresh takes its requests before its snapshot, not after. */
  REQUESTS_FIRST(
      "refresh-views",
      List.of("views that are not what their query says"),
      new Mutant.Statement(
          "mv/job/ViewRefresh/note.sql",
          "), registered AS",
          "), late AS (DELETE FROM millrace.mv_requests WHERE view_name = (SELECT name FROM done) $0")),
  /** A look appends a request of its own, whatever requests there are. */
  APPENDED_REQUEST(
      "refresh-views",
      List.of("views that are not what their query says"),
      new Mutant.Schema(
          "CREATE FUNCTION millrace.asked(name text) RETURNS boolean LANGUAGE sql AS"
              + " 'SELECT EXISTS (SELECT FROM millrace.mv_requests WHERE view_name = name)';"
              + "CREATE FUNCTION millrace.skip() RETURNS trigger LANGUAGE plpgsql AS"
              + " E'BEGIN RETURN NULL\\x3b END\\x3b';"
              + "CREATE TRIGGER one_is_enough BEFORE INSERT ON millrace.mv_requests FOR EACH ROW"
              + " WHEN (millrace.asked(NEW.view_name)) EXECUTE FUNCTION millrace.skip()")),
  /** A writer that had not ended when its change sequence was read is waited for. */
  OPEN_WRITERS(
      "refresh-views",
      List.of("views that are not what their query says"),
      new Mutant.Schema(
          "CREATE FUNCTION millrace.forget() RETURNS trigger LANGUAGE plpgsql AS"
              + " E'BEGIN NEW.writers := ''{}''\\x3b RETURN NEW\\x3b END\\x3b';"
              + "CREATE TRIGGER forget BEFORE UPDATE ON millrace.mv_watches FOR EACH ROW"
              + " EXECUTE FUNCTION millrace.forget()")),
  /** A view that changed asks for those that read it. */
  PASSED_ON(
      "refresh-views",
      List.of("views that are not what their query says"),
      new Mutant.Statement("mv/job/ViewRefresh/passOn.sql", "WHERE e.distance = 1", "WHERE false")),
  /** A refresh ends its job, in its own transaction, only under the newest fence. */
  REFRESH_FENCE(
      "refresh-views",
      List.of("stale commits"),
      new Mutant.Statement(
          "queue/JobResults/completeIn.sql",
          "AND fence = ? AND worker_id = ?",
          "AND ?::bigint IS NOT NULL AND ?::text IS NOT NULL")),
  /** Views are refreshed without locking their readers out. */
  CONCURRENT_REFRESH(
      "refresh-views",
      List.of("readers that waited for a refresh"),
      new Mutant.Statement(
          "mv/job/ViewRefresh/target.sql",
          "ELSE coalesce(v.mode, 'concurrently') END",
          "ELSE 'plain' END")),
  /** A sync has a unique key, and one unfinished job has it. */
  ONE_SYNC(
      "call-syncs",
      List.of("syncs that were not the only one"),
      new Mutant.Schema(
          "CREATE FUNCTION millrace.other_key() RETURNS trigger LANGUAGE plpgsql AS"
              + " E'BEGIN NEW.unique_key := gen_random_uuid()\\x3b RETURN NEW\\x3b END\\x3b';"
              + "CREATE TRIGGER other_key BEFORE INSERT ON millrace.jobs FOR EACH ROW"
              + " WHEN (NEW.kind = 'sync.master') EXECUTE FUNCTION millrace.other_key()")),
  /** A parent counts the children that are enqueued while it runs. */
  COUNTED_CHILDREN(
      "mixed-load",
      List.of("wrong orders in a family"),
      new Mutant.Schema(
          "CREATE FUNCTION millrace.forget_child() RETURNS trigger LANGUAGE plpgsql AS"
              + " E'BEGIN NEW.children_left := OLD.children_left\\x3b RETURN NEW\\x3b END\\x3b';"
              + "CREATE TRIGGER forget_child BEFORE UPDATE ON millrace.jobs FOR EACH ROW"
              + " WHEN (OLD.state = 'processing' AND NEW.state = 'processing')"
              + " EXECUTE FUNCTION millrace.forget_child()")),
  /** At most one job has a slot of a limit. */
  LIMIT_SLOT(
      "mixed-load",
      List.of("limits exceeded"),
      new Mutant.Schema("DROP INDEX millrace.one_processing_per_limit_slot")),
  /** A job that has not begun takes what the latest debounced call brings. */
  LATEST_CALL(
      "mixed-load",
      List.of("debounced calls lost"),
      new Mutant.Schema(
          "CREATE FUNCTION millrace.keep_first() RETURNS trigger LANGUAGE plpgsql AS"
              + " E'BEGIN NEW.payload := OLD.payload\\x3b RETURN NEW\\x3b END\\x3b';"
              + "CREATE TRIGGER keep_first BEFORE UPDATE ON millrace.jobs FOR EACH ROW"
              + " WHEN (OLD.payload <> NEW.payload) EXECUTE FUNCTION millrace.keep_first()")),
  /** The status shows batches, which never start. */
  BATCHES_SHOWN(
      "mixed-load",
      List.of("running jobs the status did not show"),
      new Mutant.Statement(
          "status/StatusReader/running.sql",
          "WHERE state = 'waiting'",
          "WHERE state = 'waiting' AND started_at IS NOT NULL")),
  /** A claim leaves out jobs whose rows are locked. */
  SKIPPED_JOBS(
      "strangers",
      List.of("work stood still beside strangers"),
      new Mutant.Statement(
          "queue/Claims/claim.sql", "FOR NO KEY UPDATE SKIP LOCKED", "FOR NO KEY UPDATE")),
  /** A queue worker that starts while Redis cannot be found claims jobs from Postgres. */
  REDIS_NOT_AWAITED(
      "lose-sentinels",
      List.of("work stood still without a sentinel"),
      new Mutant.Argument("awaits", "redis")),
  /** Items are written when the whole sheet is loaded, in one transaction. */
  STAGED_SWITCH(
      "master-sync",
      List.of("readers that saw two sheets of a supplier"),
      new Mutant.Schema(
          "CREATE FUNCTION millrace.write_through() RETURNS trigger LANGUAGE plpgsql AS"
              + " E'BEGIN UPDATE public.supplier_items SET current_price = NEW.current_price"
              + " WHERE supplier_sku = NEW.sku AND supplier_id = (SELECT l.supplier_id::uuid FROM"
              + " millrace.sync_loads l WHERE TG_TABLE_NAME = ''sync_staging_'' || l.job_id)\\x3b"
              + " RETURN NEW\\x3b END\\x3b';"
              + "CREATE FUNCTION millrace.through() RETURNS event_trigger LANGUAGE plpgsql AS"
              + " E'DECLARE made record\\x3b BEGIN FOR made IN SELECT objid FROM"
              + " pg_event_trigger_ddl_commands() WHERE object_identity LIKE ''%sync_staging_%'' LOOP"
              + " EXECUTE format(''CREATE TRIGGER through BEFORE INSERT ON %s FOR EACH ROW EXECUTE"
              + " FUNCTION millrace.write_through()'', made.objid::regclass)\\x3b"
              + " END LOOP\\x3b END\\x3b';"
              + "CREATE EVENT TRIGGER through ON ddl_command_end WHEN TAG IN ('CREATE TABLE AS')"
              + " EXECUTE FUNCTION millrace.through()")),
  /** A later attempt goes on behind the last row that is loaded. */
  RESUME_POINT(
      "master-sync",
      List.of("results that do not add up"),
      new Mutant.Statement(
          "sync/job/Staging/behind.sql", "max(row_number)", "0 * max(row_number)")),
  /** The keys of the sync in Redis are left to the program that holds their lock. */
  LOCK_OWNER(
      "master-sync",
      List.of("locks of another program taken"),
      new Mutant.Statement(
          "progress/showSync.lua", "holder ~= ARGV[1] and holder ~= ARGV[5]", "false")),
  /** A function with our rights finds nothing on the path of its caller. */
  PATH_FIXED(
      "security",
      List.of("code of others that ran with our rights"),
      new Mutant.Schema("ALTER FUNCTION millrace.enqueue RESET search_path")),
  /** A function with our rights touches no value of a type of its caller. */
  DEFINER_NARROWED(
      "security",
      List.of("code of others that ran with our rights"),
      new Mutant.Schema(
          "CREATE OR REPLACE FUNCTION millrace.compare_change() RETURNS trigger LANGUAGE plpgsql"
              + " SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS E'DECLARE n integer\\x3b"
              + " BEGIN EXECUTE format(''SELECT count(*) FROM new_rows WHERE %I::text IS NOT NULL'',"
              + " TG_ARGV[3]) INTO n\\x3b"
              + " PERFORM set_config(format(''millrace.changed_%s'', TG_ARGV[0]), ''yes'', true)\\x3b"
              + " RETURN NULL\\x3b END\\x3b'")),
  /** A line of a CSV ends at its limit, before it is in memory. */
  CELL_BOUND(
      "security",
      List.of("sheets that took more than their share", "sheets that ended a queue worker"),
      new Mutant.Constant("sheet/CsvLines.class", 1_000_000L, 1_000_000_000_000L)),
  /** No object is read from its serialized form. */
  FILTER(
      "security",
      List.of("objects that were read from their serialized form"),
      new Mutant.Constant("NoDeserialization.class", "REJECTED", "ALLOWED")),
  /** Addresses of metadata services are never connected to. */
  METADATA_ADDRESSES(
      "security",
      List.of("addresses of the house that were connected to"),
      new Mutant.Constant("sheet/PublicAddress.class", "169.254.0.0/16", "169.254.0.0/17")),
  /** A method in a header takes no other's place. */
  METHOD_IN_HEADER(
      "security",
      List.of("requests that were not refused as documented"),
      new Mutant.Constant(
          "api/server/FrontHandler.class", "X-HTTP-Method", "X-HTTP-Methods-Not-Sent")),
  /** A job that ends its process takes no other job along a second time. */
  POISON_FENCE("security", SUSPECTS_ALONE.breaks, SUSPECTS_ALONE.mutant);

  private final String drill;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> breaks;

  @SuppressWarnings("ImmutableEnumChecker") // a mutant is a record of texts
  private final Mutant mutant;

  Guard(String drill, List<String> breaks, Mutant mutant) {
    this.drill = drill;
    this.breaks = breaks;
    this.mutant = mutant;
  }

  /** The drill that must fail without it. */
  public String drill() {
    return drill;
  }

  /** The rules of which at least one is broken then. */
  public List<String> breaks() {
    return breaks;
  }

  public Mutant mutant() {
    return mutant;
  }

  /** As it is named on the command line: {@code claim-state}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The guards whose absence a drill must show. */
  public static List<Guard> of(Scenario scenario) {
    return Arrays.stream(values()).filter(guard -> guard.drill.equals(scenario.name())).toList();
  }
}
