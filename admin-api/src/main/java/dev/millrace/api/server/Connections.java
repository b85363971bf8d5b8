package dev.millrace.api.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Bounds the connections of a server without shutting new ones out: beyond the most, the connection
 * that has been without a request for longest is closed. So is every connection that has brought no
 * whole header of a request for half a minute, however many bytes of one it has sent. Thread-safe.
 */
public final class Connections extends AbstractLifeCycle implements Connection.Listener {
  static final Duration LONGEST_WITHOUT_REQUEST = Duration.ofSeconds(30);
  private static final Duration SWEEP = Duration.ofSeconds(5);

  private final Server server;
  private final int most;
  private final Duration longest;
  private final Duration sweep;
  private final Scheduler scheduler = new ScheduledExecutorScheduler("connections", true);
  private final Set<EndPoint> open = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Since when each has been without a request, the longest first. */
  private final Map<EndPoint, Long> idle = new LinkedHashMap<>();

  public Connections(Server server, int most) {
    this(server, most, LONGEST_WITHOUT_REQUEST);
  }

  Connections(Server server, int most, Duration longest) {
    this.server = server;
    this.most = most;
    this.longest = longest;
    this.sweep = longest.compareTo(SWEEP) < 0 ? longest : SWEEP;
  }

  @Override
  protected void doStart() throws Exception {
    for (Connector connector : server.getConnectors()) {
      if (connector instanceof AbstractConnector own) {
        own.addBean(this);
      }
    }
    scheduler.start();
    sweepLater();
    super.doStart();
  }

  @Override
  protected void doStop() throws Exception {
    scheduler.stop();
    super.doStop();
  }

  @Override
  public void onOpened(Connection connection) {
    List<EndPoint> tooMany = new ArrayList<>();
    synchronized (this) {
      open.add(connection.getEndPoint());
      idle.put(connection.getEndPoint(), System.nanoTime());
      if (open.size() > most) {
        tooMany.add(idle.keySet().iterator().next());
      }
    }
    tooMany.forEach(EndPoint::close);
  }

  @Override
  public synchronized void onClosed(Connection connection) {
    open.remove(connection.getEndPoint());
    idle.remove(connection.getEndPoint());
  }

  /** Keeps the connection of a request until it has been answered. */
  void busyWith(Request request) {
    EndPoint connection = request.getConnectionMetaData().getConnection().getEndPoint();
    synchronized (this) {
      idle.remove(connection);
    }
    Request.addCompletionListener(request, failure -> answered(connection));
  }

  private synchronized void answered(EndPoint connection) {
    if (open.contains(connection)) {
      idle.put(connection, System.nanoTime());
    }
  }

  private void sweepLater() {
    Scheduler.Task unused =
        scheduler.schedule(this::sweep, sweep.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    Map<EndPoint, Long> seen;
    synchronized (this) {
      seen = new HashMap<>(idle);
    }
    long now = System.nanoTime();
    seen.forEach(
        (connection, since) -> {
          if (now - since > longest.toNanos()) {
            connection.close();
          }
        });
    sweepLater();
  }
}
