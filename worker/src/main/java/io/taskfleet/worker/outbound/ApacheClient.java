package io.taskfleet.worker.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.nio.charset.CodingErrorAction;
import java.time.Duration;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** The settings of Apache HttpClient, of which most turn something off. */
final class ApacheClient {
  /** Else letters beyond Latin-1 are sent as question marks. What comes back may be anything. */
  private static final CharCodingConfig UTF_8_HEADERS =
      CharCodingConfig.custom()
          .setCharset(UTF_8)
          .setMalformedInputAction(CodingErrorAction.REPLACE)
          .setUnmappableInputAction(CodingErrorAction.REPLACE)
          .build();

  private static final int LONGEST_HEADER_LINE = 8 * 1024;
  private static final int MOST_HEADERS = 100;

  /** Many servers close after five seconds, and a call that meets this is a failed attempt. */
  private static final TimeValue KEPT_IDLE = TimeValue.ofSeconds(4);

  private static final TimeValue CHECKED_AFTER_IDLE = TimeValue.ofMilliseconds(500);

  /** After this a name is resolved again, and with it looked at again. */
  private static final TimeValue KEPT_IN_USE = TimeValue.ofMinutes(2);

  private ApacheClient() {}

  static CloseableHttpClient create(OutboundProperties properties, GuardedDns dns) {
    return HttpClients.custom()
        .setConnectionManager(connections(properties, dns))
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setConnectionRequestTimeout(timeout(properties.connectTimeout()))
                .setConnectionKeepAlive(KEPT_IDLE)
                .setRedirectsEnabled(false)
                .setAuthenticationEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .build())
        .setUserAgent("Taskfleet")
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableContentCompression()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableConnectionState()
        .evictExpiredConnections()
        .evictIdleConnections(KEPT_IDLE)
        .build();
  }

  private static PoolingHttpClientConnectionManager connections(
      OutboundProperties properties, GuardedDns dns) {
    Timeout connectTimeout = timeout(properties.connectTimeout());
    return new Connections(properties.proxy(), dns)
        .setDnsResolver(dns)
        .setMaxConnTotal(properties.connections())
        .setMaxConnPerRoute(properties.connectionsPerHost())
        .setConnectionFactory(
            ManagedHttpClientConnectionFactory.builder()
                .charCodingConfig(UTF_8_HEADERS)
                .http1Config(
                    Http1Config.custom()
                        .setMaxLineLength(LONGEST_HEADER_LINE)
                        .setMaxHeaderCount(MOST_HEADERS)
                        .build())
                .build())
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(connectTimeout)
                .setTimeToLive(KEPT_IN_USE)
                .setValidateAfterInactivity(CHECKED_AFTER_IDLE)
                .build())
        .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(connectTimeout).build())
        .build();
  }

  /** Those that are opened in the time that is left, and through the proxy, if there is one. */
  private static final class Connections extends PoolingHttpClientConnectionManagerBuilder {
    private final @Nullable URI proxy;
    private final GuardedDns guard;

    Connections(@Nullable URI proxy, GuardedDns guard) {
      this.proxy = proxy;
      this.guard = guard;
    }

    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver ports, DnsResolver dns, TlsSocketStrategy tls) {
      return new DefaultHttpClientConnectionOperator(
          _ -> proxy == null ? new DirectSocket() : new TunnelledSocket(proxy, guard),
          ports,
          dns,
          RegistryBuilder.<TlsSocketStrategy>create().register(URIScheme.HTTPS.id, tls).build());
    }
  }

  private static Timeout timeout(Duration duration) {
    return Timeout.of(duration);
  }
}
