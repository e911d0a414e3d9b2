package io.taskfleet.gateway.live;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.taskfleet.gateway.TestGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A client that costs nothing but its socket, and reads only when it is told to. */
final class RawClient implements AutoCloseable {
  private static final int RECEIVE_BUFFER = 4096;

  private final SocketChannel socket;

  private RawClient(SocketChannel socket) {
    this.socket = socket;
  }

  static RawClient open(TestGateway gateway, String path) throws IOException {
    URI url = URI.create(gateway.url());
    SocketChannel socket = SocketChannel.open();
    socket.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
    socket.connect(new InetSocketAddress(url.getHost(), url.getPort()));
    String request =
        "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(path, TestGateway.KEY);
    socket.write(ByteBuffer.wrap(request.getBytes(US_ASCII)));
    return new RawClient(socket);
  }

  /** Reads once; empty at the end. */
  String read() throws IOException {
    ByteBuffer some = ByteBuffer.allocate(8192);
    int read = socket.read(some);
    return read < 0 ? "" : new String(some.array(), 0, read, US_ASCII);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
