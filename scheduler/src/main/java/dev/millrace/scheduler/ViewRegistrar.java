package dev.millrace.scheduler;

import dev.millrace.db.RefusedException;
import dev.millrace.mv.ConfiguredView;
import dev.millrace.mv.TableLockedException;
import dev.millrace.mv.ViewRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers the views that the configuration names, once while this node leads; a view that does
 * not exist yet is tried again. Not thread-safe.
 */
final class ViewRegistrar {
  private static final Logger log = LoggerFactory.getLogger(ViewRegistrar.class);

  private final ViewRegistry registry;
  private final List<ConfiguredView> waiting;
  private final Map<String, String> told = new HashMap<>();

  ViewRegistrar(ViewRegistry registry, List<ConfiguredView> configured) {
    this.registry = registry;
    this.waiting = new ArrayList<>(configured);
  }

  /** Registers the views that exist; logs for each other view once why it cannot be registered. */
  void register() {
    waiting.removeIf(this::registered);
  }

  private boolean registered(ConfiguredView view) {
    String name = view.settings().view();
    try {
      String known = registry.register(view.settings(), view.watches());
      log.info(
          "view {} registered by configuration, {} tables watched", known, view.watches().size());
      return true;
    } catch (RefusedException | TableLockedException e) {
      String reason = String.valueOf(e.getMessage());
      if (!reason.equals(told.put(name, reason))) {
        log.warn("view {} cannot be registered by configuration yet: {}", name, reason);
      }
      return false;
    }
  }
}
