package io.taskfleet.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Ports on 127.0.0.1. */
public final class FreePort {
  private static final int CONNECT_MILLIS = 200;

  private FreePort() {}

  /** A port that nobody listens on now. */
  public static int any() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  /**
   * Checks that nobody listens on the port.
   *
   * @throws UsageException when somebody does, naming the option that chooses another
   */
  static void require(int port, String option) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (Socket client = new Socket()) {
      // Connecting, since a listener on all addresses does not stop a bind to one of them.
      client.connect(address, CONNECT_MILLIS);
    } catch (IOException nobodyListens) {
      requireBindable(address, option);
      return;
    }
    throw taken(port, option);
  }

  private static void requireBindable(InetSocketAddress address, String option) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address, 1);
    } catch (IOException e) {
      throw taken(address.getPort(), option);
    }
  }

  private static UsageException taken(int port, String option) {
    return new UsageException(
        "Port %d is in use by another program. Stop it, or choose another port with %s."
            .formatted(port, option));
  }
}
