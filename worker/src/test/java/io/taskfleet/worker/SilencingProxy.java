package io.taskfleet.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes connections on to a server, and counts them, until they are silenced: then nothing leaves
 * it any more.
 */
public final class SilencingProxy implements AutoCloseable {
  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int target;
  private final AtomicInteger connections = new AtomicInteger();
  private volatile int silenced;

  public SilencingProxy(int target) throws IOException {
    this.target = target;
    Thread.ofVirtual().start(this::serve);
  }

  public int port() {
    return door.getLocalPort();
  }

  public int connections() {
    return connections.get();
  }

  /** Connections that come later are passed on. */
  void silenceWhatIsOpen() {
    silenced = connections.get();
  }

  @Override
  public void close() throws IOException {
    door.close();
  }

  private void serve() {
    try {
      while (!door.isClosed()) {
        Socket client = door.accept();
        int number = connections.incrementAndGet();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        Thread.ofVirtual().start(() -> pass(client, server, number));
        Thread.ofVirtual().start(() -> pass(server, client, number));
      }
    } catch (IOException closed) {
      // No more connections, then.
    }
  }

  private void pass(Socket from, Socket to, int number) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8 * 1024];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        if (number > silenced) {
          out.write(buffer, 0, count);
        }
      }
    } catch (IOException gone) {
      // The other direction notices too.
    }
  }
}
