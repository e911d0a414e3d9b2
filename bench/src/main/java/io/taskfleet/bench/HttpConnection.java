package io.taskfleet.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;

/**
 * One kept-alive connection to the gateway, with one request at a time. Much cheaper than a real
 * client, whose work the gateway would have to share the machine with.
 */
final class HttpConnection implements Closeable {
  private static final String LENGTH = "content-length:";
  private static final String CLOSE = "connection: close";
  private static final int TIMEOUT_MILLIS = 30_000;

  private final int port;
  private final String credentials;
  private Socket socket;
  private InputStream in;
  private boolean ended;

  HttpConnection(int port, String apiKey) throws IOException {
    this.port = port;
    socket = open(port);
    in = new BufferedInputStream(socket.getInputStream());
    credentials = "Host: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n".formatted(port, apiKey);
  }

  private static Socket open(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  /** What came back. */
  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  record Reply(int status, byte[] body) {
    String text() {
      return new String(body, UTF_8);
    }
  }

  Reply get(String path) throws IOException {
    return send(("GET " + path + " HTTP/1.1\r\n" + credentials + "\r\n").getBytes(US_ASCII));
  }

  Reply post(String path, byte[] json) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream(json.length + 512);
    request.writeBytes(
        ("POST "
                + path
                + " HTTP/1.1\r\n"
                + credentials
                + "Content-Type: application/json\r\n"
                + "Content-Length: "
                + json.length
                + "\r\n\r\n")
            .getBytes(US_ASCII));
    request.writeBytes(json);
    return send(request.toByteArray());
  }

  /** Sends these lines so many times, as one body whose length is not told. */
  Reply stream(String path, byte[] lines, int times) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(
        ("POST "
                + path
                + " HTTP/1.1\r\n"
                + credentials
                + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
            .getBytes(US_ASCII));
    ByteArrayOutputStream chunk = new ByteArrayOutputStream(lines.length + 16);
    chunk.writeBytes((Integer.toHexString(lines.length) + "\r\n").getBytes(US_ASCII));
    chunk.writeBytes(lines);
    chunk.writeBytes("\r\n".getBytes(US_ASCII));
    for (int i = 0; i < times; i++) {
      chunk.writeTo(out);
    }
    return send("0\r\n\r\n".getBytes(US_ASCII));
  }

  private Reply send(byte[] request) throws IOException {
    if (ended) {
      socket.close();
      socket = open(port);
      in = new BufferedInputStream(socket.getInputStream());
      ended = false;
    }
    socket.getOutputStream().write(request);
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    int length = -1;
    for (String header = line(); !header.isEmpty(); header = line()) {
      if (header.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
        length = Integer.parseInt(header.substring(LENGTH.length()).strip());
      }
      // Tomcat does so with each 503.
      ended |= header.equalsIgnoreCase(CLOSE);
    }
    if (length < 0) {
      throw new IOException("an answer without Content-Length");
    }
    return new Reply(status, in.readNBytes(length));
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the gateway has closed the connection");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
