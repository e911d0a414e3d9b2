package io.taskfleet.gateway.socket;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.gateway.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;

/** A client that does only what it is told to: it answers no ping, and reads when it likes. */
final class RawSocket implements AutoCloseable {
  private static final int SMALL_BUFFER = 4_096;
  private static final int TEXT = 0x81;
  private static final int MASKED = 0x80;
  private static final int LONG = 126;
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final String host;
  private String head = "";

  private RawSocket(Socket socket, String host) {
    this.socket = socket;
    this.host = host;
  }

  static RawSocket connect(TestGateway gateway) throws IOException {
    URI uri = URI.create(gateway.url());
    Socket socket = new Socket();
    socket.setReceiveBufferSize(SMALL_BUFFER);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
    return new RawSocket(socket, uri.getAuthority());
  }

  /** Asks for a WebSocket, and answers the status of the answer. */
  int handshake(String... headers) throws IOException {
    StringBuilder request =
        new StringBuilder("GET /v1/ws HTTP/1.1\r\nHost: ")
            .append(host)
            .append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
            .append("Sec-WebSocket-Version: 13\r\n")
            .append("Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    socket.getOutputStream().write(request.append("\r\n").toString().getBytes(US_ASCII));
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    while (!answer.toString(US_ASCII).endsWith("\r\n\r\n")) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("closed after " + answer.toString(US_ASCII));
      }
      answer.write(next);
    }
    head = answer.toString(US_ASCII);
    return Integer.parseInt(head.split(" ", 3)[1]);
  }

  /** The head of the answer. */
  String head() {
    return head;
  }

  /** A client whose token is good. */
  static RawSocket in(TestGateway gateway, String token) throws IOException {
    RawSocket raw = connect(gateway);
    raw.handshake("Sec-WebSocket-Protocol: taskfleet.v1, bearer." + token);
    return raw;
  }

  void say(String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(bytes.length + 8).put((byte) TEXT);
    if (bytes.length < LONG) {
      frame.put((byte) (MASKED | bytes.length));
    } else {
      frame.put((byte) (MASKED | LONG)).putShort((short) bytes.length);
    }
    // Masked with zeros.
    frame.putInt(0).put(bytes);
    socket.getOutputStream().write(frame.array(), 0, frame.position());
  }

  /** Reads all frames until the connection ends, and answers the close code, or 0. */
  int readToTheEnd() throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    int code = 0;
    for (int first = in.read(); first >= 0; first = in.read()) {
      int length = in.readUnsignedByte();
      long size = length < LONG ? length : length == LONG ? in.readUnsignedShort() : in.readLong();
      byte[] payload = in.readNBytes((int) size);
      if (first == 0x88) {
        code = ByteBuffer.wrap(payload).getShort();
      }
    }
    return code;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
