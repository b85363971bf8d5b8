package dev.millrace.schedule;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.db.Sql;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import dev.millrace.json.Json;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The names of the master sync, and its job. Scheduled, run by hand or asked for by API, a sync has
 * one unique key: there is one at a time.
 */
public final class MasterSync {
  public static final String KIND = "sync.master";

  /** One supplier of a sync, or one that was asked for alone. */
  public static final String SUPPLIER_KIND = "sync.supplier";

  public static final String BACKGROUND_WORKER = "master_sync";

  /** What the schedule's runs hold as well. */
  public static final String UNIQUE_KEY = "worker:" + BACKGROUND_WORKER;

  /** What to do when {@link #lacksSheet}. */
  public static final String NO_SHEET =
      "there is no master sheet to sync: set MASTER_SHEET_URL for the queue workers and start them again";

  private static final String LACKS_SHEET = Sql.of(MasterSync.class, "lacksSheet");
  private static final int PRIORITY = 1;

  private MasterSync() {}

  /**
   * Whether queue workers run, and none of them has {@code MASTER_SHEET_URL}. A worker without it
   * does not offer the kind.
   */
  public static boolean lacksSheet(Handle handle) {
    return handle.createQuery(LACKS_SHEET).mapTo(Boolean.class).one();
  }

  /** A sync that was asked for, of all suppliers. */
  public static NewJob job(Trigger trigger) {
    return job(trigger, Set.of());
  }

  /**
   * A sync that was asked for.
   *
   * @param flags of its payload that are true, such as {@code dry_run}
   */
  public static NewJob job(Trigger trigger, Set<String> flags) {
    return NewJob.of(KIND, Json.write(flagged(flags)))
        .withPriority(PRIORITY)
        .withUniqueKey(UNIQUE_KEY)
        .forBackgroundWorker(BACKGROUND_WORKER)
        .triggeredBy(trigger);
  }

  /**
   * A sync of one supplier that was asked for. A supplier has one such job at a time; it never runs
   * beside that of a master sync.
   *
   * @param flags as in {@link #job}
   */
  public static NewJob supplierJob(String supplierId, Set<String> flags) {
    ObjectNode payload = flagged(flags).put("supplier_id", supplierId);
    String key = "sync.supplier:" + supplierId;
    return NewJob.of(SUPPLIER_KIND, Json.write(payload))
        .withPriority(PRIORITY)
        .withUniqueKey(key)
        .withLockKey(key)
        .triggeredBy(Trigger.API);
  }

  private static ObjectNode flagged(Set<String> flags) {
    ObjectNode payload = Json.mapper().createObjectNode();
    flags.stream().sorted().forEach(flag -> payload.put(flag, true));
    return payload;
  }
}
