package io.taskfleet.worker.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes connections on to Postgres, and loses the answer to a commit when it is told to. */
final class CommitCutter implements AutoCloseable {
  private static final String JDBC = "jdbc:";

  private final ServerSocket door;
  private final URI target;
  private volatile boolean armed;
  private final AtomicInteger cuts = new AtomicInteger();

  CommitCutter(String jdbcUrl) {
    target = URI.create(jdbcUrl.substring(JDBC.length()));
    try {
      door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::serve);
  }

  /** The same database, through this. */
  String jdbcUrl() {
    return JDBC
        + target.toString().replaceFirst("//[^/]+/", "//127.0.0.1:" + door.getLocalPort() + "/");
  }

  /** The next commit is carried out, and nobody hears of it. */
  void loseNextAnswer() {
    armed = true;
  }

  int cuts() {
    return cuts.get();
  }

  private void serve() {
    try {
      while (!door.isClosed()) {
        Socket caller = door.accept();
        Socket server = new Socket(target.getHost(), target.getPort());
        Connection connection = new Connection(caller, server);
        Thread.ofVirtual().start(connection::ask);
        Thread.ofVirtual().start(connection::answer);
      }
    } catch (IOException closed) {
      // No more connections, then.
    }
  }

  private final class Connection {
    private final Socket caller;
    private final Socket server;
    private volatile boolean deaf;

    Connection(Socket caller, Socket server) {
      this.caller = caller;
      this.server = server;
    }

    void ask() {
      byte[] buffer = new byte[64 << 10];
      try (caller;
          server) {
        InputStream in = caller.getInputStream();
        OutputStream out = server.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          if (armed && new String(buffer, 0, count, ISO_8859_1).contains("COMMIT")) {
            armed = false;
            deaf = true;
          }
          out.write(buffer, 0, count);
        }
      } catch (IOException gone) {
        // The other direction notices too.
      }
    }

    void answer() {
      byte[] buffer = new byte[64 << 10];
      try (caller;
          server) {
        InputStream in = server.getInputStream();
        OutputStream out = caller.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          if (deaf) {
            cuts.incrementAndGet();
            return;
          }
          out.write(buffer, 0, count);
        }
      } catch (IOException gone) {
        // The other direction notices too.
      }
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
