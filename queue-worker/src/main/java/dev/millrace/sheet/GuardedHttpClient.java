package dev.millrace.sheet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.util.Timeout;

/**
 * An HTTP client that connects only to addresses that the policy allows. The connection's own name
 * lookup and its socket check the address: a client that resolves a name twice (the JDK's does)
 * could get another address in between.
 */
public final class GuardedHttpClient {
  private static final int CONNECTIONS = 32;

  private GuardedHttpClient() {}

  /** Makes a client; close it. */
  public static CloseableHttpClient create(
      SourcePolicy policy, SheetLimits limits, Network network) {
    Timeout connectTime = Timeout.of(limits.connectTime());
    Timeout readTime = Timeout.of(limits.readTime());
    return HttpClients.custom()
        .setConnectionManager(
            new Connections(policy, network)
                .setDnsResolver(new GuardedDns(policy, network))
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom()
                        .setConnectTimeout(connectTime)
                        .setSocketTimeout(readTime)
                        .build())
                .setMaxConnTotal(CONNECTIONS)
                .setMaxConnPerRoute(CONNECTIONS)
                .build())
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setResponseTimeout(readTime)
                .setConnectionRequestTimeout(connectTime)
                .setAuthenticationEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .build())
        .setUserAgent("millrace")
        // sheets are hours apart: a kept connection would be dead
        .setConnectionReuseStrategy((request, response, context) -> false)
        .disableContentCompression() // the source inflates, to limit what is sent too
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableCookieManagement()
        .disableAuthCaching()
        .build();
  }

  private record GuardedDns(SourcePolicy policy, Network network) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      InetAddress[] addresses = network.resolve(host);
      for (InetAddress address : addresses) {
        policy.checkAddress(host, address);
      }
      return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }

  private static final class Connections extends PoolingHttpClientConnectionManagerBuilder {
    private final SourcePolicy policy;
    private final Network network;

    Connections(SourcePolicy policy, Network network) {
      this.policy = policy;
      this.network = network;
    }

    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver ports, DnsResolver dns, TlsSocketStrategy tls) {
      return new DefaultHttpClientConnectionOperator(
          proxy -> new GuardedSocket(policy, network),
          ports,
          dns,
          RegistryBuilder.<TlsSocketStrategy>create().register(URIScheme.HTTPS.id, tls).build());
    }
  }

  private static final class GuardedSocket extends Socket {
    private final SourcePolicy policy;
    private final Network network;

    GuardedSocket(SourcePolicy policy, Network network) {
      this.policy = policy;
      this.network = network;
    }

    @Override
    public void connect(SocketAddress to) throws IOException {
      connect(to, 0);
    }

    @Override
    public void connect(SocketAddress to, int timeout) throws IOException {
      if (!(to instanceof InetSocketAddress address) || address.isUnresolved()) {
        throw new UnknownHostException("not the address of a host: " + to);
      }
      policy.checkAddress(address.getHostString(), address.getAddress());
      network.connect(address, () -> super.connect(to, timeout));
    }
  }
}
