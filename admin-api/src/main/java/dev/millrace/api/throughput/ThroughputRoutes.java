package dev.millrace.api.throughput;

import dev.millrace.api.access.Permission;
import dev.millrace.api.request.Query;
import dev.millrace.throughput.Throughput;
import dev.millrace.throughput.TimeWindow;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code /api/admin/throughput}. */
public final class ThroughputRoutes {
  /** The latest answer about one window. Callers that come while it is read wait for it. */
  private final class Kept {
    private final TimeWindow window;
    private @Nullable Throughput answer;
    private long readAt;

    Kept(TimeWindow window) {
      this.window = window;
    }

    synchronized Throughput current() {
      Throughput kept = answer;
      if (kept == null || System.nanoTime() - readAt >= window.fresh().toNanos()) {
        kept = read.apply(window);
        answer = kept;
        readAt = System.nanoTime();
      }
      return kept;
    }
  }

  private final Function<TimeWindow, Throughput> read;
  private final Map<TimeWindow, Kept> kept = new EnumMap<>(TimeWindow.class);

  /**
   * Routes that give an answer again while it is {@linkplain TimeWindow#fresh() fresh}.
   *
   * @param read takes a new one
   */
  public ThroughputRoutes(Function<TimeWindow, Throughput> read) {
    this.read = read;
    List.of(TimeWindow.values()).forEach(window -> kept.put(window, new Kept(window)));
  }

  public void addTo(RoutesConfig routes) {
    routes.get("/api/admin/throughput", this::answer, Permission.READ, Query.Taken.QUERY);
  }

  private void answer(Context ctx) {
    TimeWindow window =
        Query.of(ctx, List.of("window"))
            .oneOf("window", TimeWindow.texts())
            .map(TimeWindow::of)
            .orElse(TimeWindow.HOUR);
    ctx.json(Objects.requireNonNull(kept.get(window)).current());
  }
}
