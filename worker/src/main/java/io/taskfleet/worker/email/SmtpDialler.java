package io.taskfleet.worker.email;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.util.WriteTimeoutSocket;

/**
 * Opens sockets to servers. The library would do it too, and keep them to itself: then nobody could
 * wait longer for one reply than for another.
 */
final class SmtpDialler {
  private final ScheduledExecutorService watch;
  private final SSLSocketFactory tls;

  /**
   * A dialler.
   *
   * @param watch cuts writes off that take too long
   * @param tls knows which certificates to trust
   */
  SmtpDialler(ScheduledExecutorService watch, SSLSocketFactory tls) {
    this.watch = watch;
    this.tls = tls;
  }

  /**
   * A socket to this server, with TLS on it if that is spoken from the first byte.
   *
   * @param by when it must be there, by the clock of System.nanoTime
   */
  Socket dial(EmailProperties.Provider server, long by) throws IOException {
    long left = TimeUnit.NANOSECONDS.toMillis(by - System.nanoTime());
    if (left <= 0) {
      throw new SocketTimeoutException("no connection yet");
    }
    int limit = (int) Math.min(server.timeouts().connect().toMillis(), left);
    Socket plain =
        new WriteTimeoutSocket(new Socket(), (int) server.timeouts().write().toMillis(), watch);
    try {
      plain.connect(address(server), limit);
      plain.setSoTimeout(limit);
      plain.setTcpNoDelay(true);
      return server.tls() == EmailProperties.Tls.TLS ? secured(plain, server) : plain;
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  /** It keeps the name, against which a certificate is checked later. */
  private static InetSocketAddress address(EmailProperties.Provider server) throws IOException {
    byte[] bytes = InetAddress.getByName(server.host()).getAddress();
    return new InetSocketAddress(InetAddress.getByAddress(server.host(), bytes), server.port());
  }

  private SSLSocket secured(Socket plain, EmailProperties.Provider server) throws IOException {
    SSLSocket secured = (SSLSocket) tls.createSocket(plain, server.host(), server.port(), true);
    SSLParameters checks = secured.getSSLParameters();
    checks.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(checks);
    secured.startHandshake();
    return secured;
  }
}
