package io.taskfleet.standalone.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes connections on to a gateway: the next one with this fault, the one after with that. */
final class FaultProxy implements AutoCloseable {
  private static final int NEVER = Integer.MAX_VALUE;

  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int target;
  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();

  /**
   * When a connection is reset.
   *
   * @param requestBytes after so many bytes towards the gateway
   * @param answerBytes after so many bytes back
   * @param isSilent nothing is passed on at all
   */
  record Fault(int requestBytes, int answerBytes, boolean isSilent) {
    /** None. */
    static final Fault NONE = new Fault(NEVER, NEVER, false);

    /** The gateway gets the request, the caller only a piece of the answer. */
    static Fault answerCutAfter(int bytes) {
      return new Fault(NEVER, bytes, false);
    }

    /** The gateway gets only a piece of the request. */
    static Fault requestCutAfter(int bytes) {
      return new Fault(bytes, NEVER, false);
    }

    /** Everything vanishes. */
    static Fault blackHole() {
      return new Fault(NEVER, NEVER, true);
    }
  }

  FaultProxy(String gateway, Fault... first) throws IOException {
    this.target = URI.create(gateway).getPort();
    faults.addAll(List.of(first));
    Thread.ofVirtual().start(this::serve);
  }

  String url() {
    return "http://127.0.0.1:" + door.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  private void serve() {
    try {
      while (!door.isClosed()) {
        Socket caller = door.accept();
        connections.incrementAndGet();
        Fault next = faults.poll();
        Fault fault = next == null ? Fault.NONE : next;
        if (fault.isSilent()) {
          continue;
        }
        Socket gateway = new Socket(InetAddress.getLoopbackAddress(), target);
        Thread.ofVirtual().start(() -> pass(caller, gateway, fault.requestBytes()));
        Thread.ofVirtual().start(() -> pass(gateway, caller, fault.answerBytes()));
      }
    } catch (IOException closed) {
      // No more connections, then.
    }
  }

  private static void pass(Socket from, Socket to, int most) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8 * 1024];
      int left = most;
      while (left > 0) {
        int count = in.read(buffer, 0, Math.min(left, buffer.length));
        if (count < 0) {
          return;
        }
        out.write(buffer, 0, count);
        left -= most == NEVER ? 0 : count;
      }
      from.setSoLinger(true, 0);
      to.setSoLinger(true, 0);
    } catch (IOException gone) {
      // The other direction notices too.
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
