package io.taskfleet.worker.email;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An SMTP server for the answers that no decent server gives. The first word of each command is
 * looked up; {@code CONNECT} stands for the connection itself and {@code .} for the end of a mail.
 */
final class ScriptedSmtp implements AutoCloseable {
  /** Closes the connection instead of an answer. */
  static final String HANG_UP = "hang up";

  /** Says nothing, for ever. */
  static final String SILENCE = "silence";

  private static final Map<String, String> DECENT =
      Map.ofEntries(
          Map.entry("CONNECT", "220 here"),
          Map.entry("EHLO", "250-here\r\n250 AUTH PLAIN"),
          Map.entry("AUTH", "235 2.7.0 welcome"),
          Map.entry("MAIL", "250 ok"),
          Map.entry("RCPT", "250 ok"),
          Map.entry("DATA", "354 go on"),
          Map.entry(".", "250 ok"),
          Map.entry("RSET", "250 ok"),
          Map.entry("NOOP", "250 ok"),
          Map.entry("QUIT", "221 bye"));

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Map<String, String> answers = new ConcurrentHashMap<>(DECENT);
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch silent = new CountDownLatch(1);

  ScriptedSmtp() throws IOException {
    Thread.ofVirtual().start(this::serve);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Answers this command so from now on. */
  void answer(String command, String answer) {
    answers.put(command, answer);
  }

  int connections() {
    return connections.get();
  }

  List<String> commands() {
    return List.copyOf(commands);
  }

  /** Counted down when the first client is met with silence. */
  CountDownLatch silent() {
    return silent;
  }

  int open() {
    return sockets.size();
  }

  /** Hangs up on everybody. */
  void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    hangUp();
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
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      OutputStream out = socket.getOutputStream();
      boolean content = false;
      boolean goOn = say(out, "CONNECT");
      while (goOn) {
        String line = in.readLine();
        if (line == null) {
          return;
        }
        if (content && !line.equals(".")) {
          continue;
        }
        String command = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
        commands.add(command);
        goOn = say(out, command);
        content = command.equals("DATA") && answers.getOrDefault("DATA", "").startsWith("354");
      }
    } catch (IOException gone) {
      // So is this conversation.
    } finally {
      sockets.remove(socket);
    }
  }

  private boolean say(OutputStream out, String command) throws IOException {
    String answer = answers.getOrDefault(command, "502 what?");
    if (answer.equals(HANG_UP)) {
      return false;
    }
    if (answer.equals(SILENCE)) {
      silent.countDown();
      return true;
    }
    out.write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return true;
  }
}
