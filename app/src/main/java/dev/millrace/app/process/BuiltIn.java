package dev.millrace.app.process;

import dev.millrace.app.config.Config;
import dev.millrace.job.JobHandler;
import dev.millrace.sync.job.SyncMaster;
import dev.millrace.sync.job.SyncSupplier;
import dev.millrace.worker.Handlers;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** The kinds of job that every queue worker runs: a new kind is one more line here. */
final class BuiltIn {
  private BuiltIn() {}

  static Handlers handlers(Config config, Jdbi jdbi) {
    Optional<URI> masterSheet = config.features().sync().masterSheet();
    List<JobHandler<?>> handlers = new ArrayList<>();
    handlers.add(new SyncMaster(masterSheet));
    handlers.add(new SyncSupplier(jdbi, masterSheet));
    return new Handlers(handlers);
  }
}
