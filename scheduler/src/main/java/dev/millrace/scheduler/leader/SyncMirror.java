package dev.millrace.scheduler.leader;

import dev.millrace.db.Sql;
import dev.millrace.progress.SyncKeys;
import dev.millrace.queue.Calls;
import dev.millrace.schedule.MasterSync;
import dev.millrace.text.Visible;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows in Redis where the master sync stands, as Postgres has it; see {@link SyncKeys}. A lock
 * that another program holds stays its own: the sync goes on, and is not shown. For one thread.
 */
public final class SyncMirror {
  private static final Logger log = LoggerFactory.getLogger(SyncMirror.class);
  private static final String SYNC = Sql.of(SyncMirror.class, "sync");
  private static final String ENDED = Sql.of(SyncMirror.class, "ended");

  private static final Pattern JOB_ID = Pattern.compile("[1-9][0-9]{0,13}");

  private final Jdbi jdbi;
  private final SyncKeys keys;
  private String warnedOf = "";

  /** Whether a sync may be shown that has ended. */
  private boolean mayBeShown = true;

  public SyncMirror(Jdbi jdbi, SyncKeys keys) {
    this.jdbi = jdbi;
    this.keys = keys;
  }

  private record Sync(String id, String state, Instant began, long ended, long total) {
    SyncKeys.Progress progress() {
      return new SyncKeys.Progress(ended, total);
    }

    SyncKeys.Shown shown() {
      boolean waits = state.equals("waiting");
      return new SyncKeys.Shown(
          id,
          waits ? "processing_suppliers" : "syncing_master",
          began,
          waits ? Optional.of(progress()) : Optional.empty());
    }
  }

  /** One step: writes, renews or releases the keys. */
  public void show() {
    Optional<Sync> sync = find(SYNC, "uniqueKey", MasterSync.UNIQUE_KEY);
    if (sync.isPresent()) {
      mayBeShown = true;
      keys.show(sync.get().shown(), Optional.empty())
          .ifPresent(holder -> takeOver(sync.get(), holder));
    } else if (mayBeShown) {
      keys.holder()
          .flatMap(this::ended)
          .ifPresent(last -> keys.end(last.id(), last.began(), last.progress()));
      mayBeShown = false;
    }
  }

  /** Takes the lock of a sync of ours that has ended; that of another program is left alone. */
  private void takeOver(Sync sync, String holder) {
    boolean shown =
        ended(holder).isPresent() && keys.show(sync.shown(), Optional.of(holder)).isEmpty();
    if (!shown && !warnedOf.equals(holder)) {
      warnedOf = holder;
      log.warn(
          "the keys of the master sync in Redis do not show sync {}: their lock is held by '{}', which is no sync of Millrace that has ended",
          sync.id(),
          Visible.line(holder));
    }
  }

  private Optional<Sync> ended(String holder) {
    return JOB_ID.matcher(holder).matches()
        ? find(ENDED, "id", Long.parseLong(holder))
        : Optional.empty();
  }

  private Optional<Sync> find(String statement, String parameter, Object value) {
    return Calls.withHandle(
        jdbi,
        handle ->
            handle
                .createQuery(statement)
                .bind(parameter, value)
                .map(
                    (row, context) ->
                        new Sync(
                            row.getString("id"),
                            row.getString("state"),
                            row.getTimestamp("began").toInstant(),
                            row.getLong("ended"),
                            row.getLong("total")))
                .findOne());
  }
}
