package dev.millrace.app.process;

import dev.millrace.alert.job.DeliverAlert;
import dev.millrace.app.config.Config;
import dev.millrace.job.HandlerPlugin;
import dev.millrace.job.JobHandler;
import dev.millrace.mv.job.MvHandlers;
import dev.millrace.mv.job.RefreshLog;
import dev.millrace.sheet.SheetSource;
import dev.millrace.stats.job.StatsHandlers;
import dev.millrace.sync.job.SyncMaster;
import dev.millrace.sync.job.SyncSettings;
import dev.millrace.sync.job.SyncSupplier;
import dev.millrace.worker.Handlers;
import dev.millrace.worker.Plugins;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kinds of job that a queue worker runs: the built-in ones, and those of the plugin folder. */
final class RunnableKinds {
  private static final Logger log = LoggerFactory.getLogger(RunnableKinds.class);

  private RunnableKinds() {}

  /**
   * What handlers ask Postgres through, beside the transactions of their attempts.
   *
   * @param own for Millrace's own statements
   * @param work cleaned after each use, for all that may run code of others
   */
  record Connections(Jdbi own, Jdbi work) {}

  /**
   * The handlers of a process.
   *
   * @param services sources of sheets that need an account
   */
  static Handlers of(
      Node.Plan plan, Connections connections, List<SheetSource> services, RefreshLog refreshes) {
    Config config = plan.config();
    SyncSettings sync = config.features().sync().settings();
    List<JobHandler<?>> handlers = new ArrayList<>();
    if (sync.masterSheet().isPresent()) {
      handlers.add(new SyncMaster(sync, services));
      handlers.add(new SyncSupplier(connections.own(), sync, services));
    } else {
      log.info("this worker syncs no master sheet: MASTER_SHEET_URL is not set");
    }
    handlers.addAll(
        StatsHandlers.all(
            connections.own(), config.features().stats().settings(), sync.maxRetryAfter()));
    config
        .features()
        .alerts()
        .ifPresent(alerts -> handlers.addAll(DeliverAlert.all(alerts, sync.maxRetryAfter())));
    if (config.worker().refreshesViews()) {
      int atOnce = config.features().views().maxWorkers();
      handlers.addAll(MvHandlers.all(connections.work(), atOnce, refreshes));
    } else {
      log.info("this worker runs no materialized view jobs: DISABLE_MV_WORKER is set");
    }
    handlers.addAll(
        Plugins.load(
            plan.dataDir().plugins(),
            new HandlerPlugin.Context(connections.work(), config.variables())));
    handlers.addAll(plan.handlers());
    return new Handlers(handlers);
  }
}
