package io.taskfleet.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a gateway and its broker, and can lose what the broker answers to records it has
 * taken. The broker's port is replaced in its answers, so that its clients come back here.
 */
public final class BrokerProxy implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final int PRODUCE = 0;

  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.ofLiteral(HOST));
  private final int broker;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger toLose = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();

  /** A way to the broker at this address. */
  public BrokerProxy(String bootstrap) throws IOException {
    if (!bootstrap.startsWith(HOST + ':')) {
      throw new IllegalArgumentException(bootstrap);
    }
    this.broker = Integer.parseInt(bootstrap.substring(HOST.length() + 1));
    Thread.ofVirtual().start(this::serve);
  }

  /** What a gateway is to be told instead of the broker's address. */
  public String bootstrap() {
    return HOST + ':' + door.getLocalPort();
  }

  /** The next so many answers to records are lost, and their connections with them. */
  public void lose(int answers) {
    toLose.set(answers);
  }

  /** How many answers were lost. */
  public int lost() {
    return lost.get();
  }

  private void serve() {
    try {
      while (!door.isClosed()) {
        Socket client = door.accept();
        Socket server = new Socket(InetAddress.ofLiteral(HOST), broker);
        open.add(client);
        open.add(server);
        Set<Integer> produced = ConcurrentHashMap.newKeySet();
        Thread.ofVirtual().start(() -> passRequests(client, server, produced));
        Thread.ofVirtual().start(() -> passAnswers(server, client, produced));
      }
    } catch (IOException closed) {
      // No more connections, then.
    }
  }

  private void passRequests(Socket from, Socket to, Set<Integer> produced) {
    pass(
        from,
        to,
        frame -> {
          ByteBuffer request = ByteBuffer.wrap(frame);
          if (request.getShort(0) == PRODUCE) {
            produced.add(request.getInt(Integer.BYTES));
          }
          return true;
        });
  }

  private void passAnswers(Socket from, Socket to, Set<Integer> produced) {
    pass(
        from,
        to,
        frame -> {
          int answered = ByteBuffer.wrap(frame).getInt(0);
          if (produced.remove(answered) && toLose.getAndUpdate(BrokerProxy::less) > 0) {
            lost.incrementAndGet();
            return false;
          }
          replacePort(frame);
          return true;
        });
  }

  private static int less(int left) {
    return Math.max(0, left - 1);
  }

  @FunctionalInterface
  private interface Look {
    /** Whether the connection goes on. */
    boolean at(byte[] frame);
  }

  private static void pass(Socket from, Socket to, Look look) {
    try (from;
        to) {
      DataInputStream in = new DataInputStream(from.getInputStream());
      DataOutputStream out = new DataOutputStream(new BufferedOutputStream(to.getOutputStream()));
      while (true) {
        byte[] frame = in.readNBytes(in.readInt());
        if (!look.at(frame)) {
          return;
        }
        out.writeInt(frame.length);
        out.write(frame);
        out.flush();
      }
    } catch (IOException gone) {
      // The other direction notices too.
    }
  }

  private void replacePort(byte[] frame) {
    byte[] host = HOST.getBytes(US_ASCII);
    ByteBuffer ports = ByteBuffer.wrap(frame);
    for (int i = 0; i <= frame.length - host.length - Integer.BYTES; i++) {
      int port = i + host.length;
      if (Arrays.equals(frame, i, port, host, 0, host.length) && ports.getInt(port) == broker) {
        ports.putInt(port, door.getLocalPort());
      }
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket each : open) {
      each.close();
    }
  }
}
