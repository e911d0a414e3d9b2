package io.taskfleet.worker.outbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket that gets to an address through an HTTP proxy. The proxy is asked for the address and
 * never for a name, which it would resolve again, and perhaps to something else.
 */
final class TunnelledSocket extends Socket {
  private static final Logger log = LoggerFactory.getLogger(TunnelledSocket.class);
  private static final int LONGEST_HEAD = 8 * 1024;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: .*)?");

  private final URI proxy;
  private final GuardedDns dns;

  TunnelledSocket(URI proxy, GuardedDns dns) {
    this.proxy = proxy;
    this.dns = dns;
  }

  @Override
  public void connect(SocketAddress destination, int timeoutMillis) throws IOException {
    int patience = TimeLeft.atMostMillis(timeoutMillis);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patience);
    InetAddress address = ((InetSocketAddress) destination).getAddress();
    int port = ((InetSocketAddress) destination).getPort();
    super.connect(
        new InetSocketAddress(dns.lookUp(bare(proxy.getHost()))[0], proxy.getPort()), patience);
    int usual = getSoTimeout();
    getOutputStream().write(request(Objects.requireNonNull(address), port).getBytes(ISO_8859_1));
    String head = head(deadline);
    setSoTimeout(usual);
    Matcher line = STATUS.matcher(head.lines().findFirst().orElse(""));
    String status = line.matches() ? line.group(1) : "no status";
    if (status.charAt(0) != '2') {
      log.info("the egress proxy opens no tunnel, it answers {}", status);
      close();
      throw new ConnectException("the egress proxy opens no tunnel");
    }
  }

  private String request(InetAddress address, int port) {
    String literal = address.getHostAddress();
    String authority =
        (address instanceof Inet6Address ? '[' + literal + ']' : literal) + ':' + port;
    String user = proxy.getUserInfo();
    String authorization =
        user == null
            ? ""
            : "Proxy-Authorization: Basic "
                + Base64.getEncoder().encodeToString(user.getBytes(UTF_8))
                + "\r\n";
    return "CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s\r\n"
        .formatted(authority, authority, authorization);
  }

  /** Byte by byte: what follows the head is no longer the proxy's. */
  private String head(long deadline) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    InputStream in = getInputStream();
    int ending = 0;
    while (ending < 2) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new SocketTimeoutException("the egress proxy does not answer");
      }
      setSoTimeout((int) left);
      int next = in.read();
      if (next < 0 || head.size() == LONGEST_HEAD) {
        throw new ConnectException("the egress proxy gave no answer");
      }
      head.write(next);
      if (next == '\n') {
        ending++;
      } else if (next != '\r') {
        ending = 0;
      }
    }
    return head.toString(ISO_8859_1);
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
