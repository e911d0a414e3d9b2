package io.taskfleet.localstack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A mail client that hides nothing: one line out, the reply's first line back. */
final class SmtpClient implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader replies;

  SmtpClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(5_000);
    replies =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    reply();
    say("HELO localhost");
  }

  String say(String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    return reply();
  }

  void send(String from, String to, String source) throws IOException {
    say("MAIL FROM:<" + from + ">");
    String answer = say("RCPT TO:<" + to + ">");
    if (!answer.startsWith("250")) {
      throw new IOException(answer);
    }
    say("DATA");
    answer = say(source + "\r\n.");
    if (!answer.startsWith("250")) {
      throw new IOException(answer);
    }
  }

  private String reply() throws IOException {
    String line = replies.readLine();
    return line == null ? "" : line;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
