package io.taskfleet.worker.outbound;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * A server for the answers that no decent server gives: it reads the head of each request and then
 * lets the test write to the socket.
 */
final class RawHttpServer implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Answer answer;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  /** Counted down when a client has gone while it was being answered. */
  private final CountDownLatch abandoned = new CountDownLatch(1);

  interface Answer {
    void write(OutputStream out) throws IOException;
  }

  RawHttpServer(Answer answer) throws IOException {
    this.answer = answer;
    Thread.ofVirtual().start(this::serve);
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort() + "/";
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
        sockets.add(socket);
        Thread.ofVirtual().start(() -> talk(socket));
      }
    } catch (IOException closed) {
      sockets.clear();
    }
  }

  private void talk(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      while (!in.readLine().isEmpty()) {
        // The head ends with an empty line.
      }
      answer.write(socket.getOutputStream());
    } catch (IOException gone) {
      abandoned.countDown();
    }
  }
}
