package io.taskfleet.worker.outbound;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server for the answers that no decent server gives: it reads the head of each request and then
 * lets the test write to the socket.
 */
public final class RawHttpServer implements AutoCloseable {
  private final ServerSocket server;
  private final Answer answer;
  private volatile boolean resets;
  private volatile boolean waits = true;
  private final AtomicInteger connections = new AtomicInteger();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  /** Counted down when a client has gone while it was being answered. */
  private final CountDownLatch abandoned = new CountDownLatch(1);

  public interface Answer {
    void write(OutputStream out) throws IOException;
  }

  RawHttpServer(Answer answer) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer);
  }

  public RawHttpServer(ServerSocket server, Answer answer) {
    this.server = server;
    this.answer = answer;
    Thread.ofVirtual().start(this::serve);
  }

  String url() {
    return "http://127.0.0.1:" + port() + "/";
  }

  public int port() {
    return server.getLocalPort();
  }

  /** From now on answers nothing and resets connections. */
  public RawHttpServer resetting() {
    resets = true;
    return this;
  }

  /** From now on waits for no request before it answers. */
  public RawHttpServer unasked() {
    waits = false;
    return this;
  }

  /** How many connections there have been, whatever became of them. */
  public int connections() {
    return connections.get();
  }

  CountDownLatch abandoned() {
    return abandoned;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void serve() {
    try {
      while (!server.isClosed()) {
        Socket socket = server.accept();
        connections.incrementAndGet();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> talk(socket));
      }
    } catch (IOException closed) {
      sockets.clear();
    }
  }

  private void talk(Socket socket) {
    try (socket) {
      if (waits) {
        readHead(socket.getInputStream());
      }
      if (resets) {
        // What is closed without lingering is reset.
        socket.setSoLinger(true, 0);
        return;
      }
      answer.write(socket.getOutputStream());
    } catch (IOException gone) {
      abandoned.countDown();
    }
  }

  private static void readHead(InputStream in) throws IOException {
    BufferedReader head = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
    String line = head.readLine();
    while (line != null && !line.isEmpty()) {
      line = head.readLine();
    }
  }

  static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /** Slower than any read timeout could notice. */
  static void drip(OutputStream out, String drop) throws IOException {
    CountDownLatch never = new CountDownLatch(1);
    try {
      while (!never.await(20, TimeUnit.MILLISECONDS)) {
        write(out, drop);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
