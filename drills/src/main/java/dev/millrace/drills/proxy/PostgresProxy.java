package dev.millrace.drills.proxy;

import dev.millrace.drills.DrillException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between a client and Postgres and fails as it is told: delays, holds everything back, goes
 * silent, resets, or cuts the connection when the client has sent its commit. Thread-safe.
 */
public final class PostgresProxy implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PostgresProxy.class);

  private final ServerSocket server;
  private final int targetPort;
  private final Gate gate = new Gate();
  private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong cuts = new AtomicLong();
  private final AtomicLong commits = new AtomicLong();
  private volatile CutPlan plan = CutPlan.NONE;

  /**
   * Which commits lose their answer.
   *
   * @param oneIn each commit does with this chance; 0: none does
   */
  private record CutPlan(int oneIn, Random random) {
    private static final CutPlan NONE = new CutPlan(0, new Random(0));

    synchronized Cut next() {
      if (oneIn == 0 || random.nextInt(oneIn) != 0) {
        return Cut.NONE;
      }
      return random.nextBoolean() ? Cut.AT_ONCE : Cut.WHEN_ANSWERED;
    }
  }

  /** When a connection is cut after its client has sent a commit. */
  enum Cut {
    NONE,
    /** Postgres may have read it or not. */
    AT_ONCE,
    /** Postgres has committed; the client does not hear of it. */
    WHEN_ANSWERED
  }

  /** Listens on a free port of this machine. */
  public PostgresProxy(int targetPort) {
    this.targetPort = targetPort;
    try {
      this.server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new DrillException("a proxy could not be started", e);
    }
    Thread acceptor = new Thread(this::accept, "drill-proxy-" + server.getLocalPort());
    acceptor.setDaemon(true);
    acceptor.start();
  }

  public int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      Socket client = null;
      try {
        client = server.accept();
        client.setTcpNoDelay(true);
        Socket postgres = new Socket(InetAddress.getLoopbackAddress(), targetPort);
        postgres.setTcpNoDelay(true);
        connections.removeIf(ProxiedConnection::isClosed);
        ProxiedConnection connection =
            new ProxiedConnection(client, postgres, gate, this::onCommit);
        connections.add(connection);
        connection.start();
      } catch (IOException e) {
        // Postgres is away: the client finds its connection closed
        log.debug("a connection could not be passed on: {}", e.getMessage());
        Sockets.reset(client);
      }
    }
  }

  private Cut onCommit() {
    commits.incrementAndGet();
    Cut cut = plan.next();
    if (cut != Cut.NONE) {
      cuts.incrementAndGet();
    }
    return cut;
  }

  /** From now on one commit in {@code oneIn} loses its answer; 0: none. */
  public void cutCommits(int oneIn, long seed) {
    plan = new CutPlan(oneIn, new Random(seed));
  }

  /** How many connections were cut when their client had sent a commit. */
  public long cuts() {
    return cuts.get();
  }

  /** How many commits clients have sent: transactions that write, autocommit included. */
  public long commits() {
    return commits.get();
  }

  /** Each message takes so much longer. */
  public void delay(Duration time) {
    gate.delay(time);
  }

  /** Keeps everything back, in both directions, and loses nothing of it. */
  public void hold() {
    gate.hold();
  }

  /** Passes on what was held back. */
  public void release() {
    gate.release();
  }

  /** The connections of this moment stay open, and nothing comes through them any more. */
  public void silence() {
    connections.forEach(ProxiedConnection::silence);
  }

  /** Resets the connections of this moment. */
  public void reset() {
    connections.forEach(ProxiedConnection::reset);
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      log.debug("a proxy's port could not be closed", e);
    }
    release();
    reset();
  }
}
