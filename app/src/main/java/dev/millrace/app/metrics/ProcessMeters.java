package dev.millrace.app.metrics;

import dev.millrace.health.Health;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.util.List;
import java.util.Optional;

/** The figures of a process: its JVM, its troubles, its version and roles. */
public final class ProcessMeters {
  private ProcessMeters() {}

  /**
   * All of them.
   *
   * @param name of the process, such as {@code millrace worker}
   */
  public static List<MeterBinder> of(String name, Health health) {
    return List.of(
        registry -> ofMillrace(registry, name, health),
        new JvmMemoryMetrics(),
        new JvmThreadMetrics(),
        new ClassLoaderMetrics(),
        new ProcessorMetrics(),
        new UptimeMetrics(),
        new FileDescriptorMetrics());
  }

  /** As the jar's manifest has it. */
  private static String version() {
    return Optional.ofNullable(ProcessMeters.class.getPackage().getImplementationVersion())
        .orElse("unknown");
  }

  private static void ofMillrace(MeterRegistry registry, String name, Health health) {
    Gauge.builder("millrace.build.info", () -> 1)
        .description("1, with the version and the roles of this process")
        .tag("version", version())
        .tag("roles", name.replaceFirst("^millrace ", ""))
        .register(registry);
    Gauge.builder("millrace.troubles", () -> health.troubles().size())
        .description("What is wrong with this process, as its status says; 0: nothing")
        .register(registry);
  }
}
