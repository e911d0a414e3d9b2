package io.taskfleet.worker.email;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * An SMTP server for the answers that no decent server gives. The first word of each command is
 * looked up; {@code CONNECT} stands for the connection itself and {@code .} for the end of a mail.
 */
public final class ScriptedSmtp implements AutoCloseable {
  /** Closes the connection instead of an answer. */
  public static final String HANG_UP = "hang up";

  /** Resets the connection instead of an answer. */
  public static final String RESET = "reset";

  /** Says nothing, for ever. */
  public static final String SILENCE = "silence";

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
  private final Map<String, Deque<String>> answers = new ConcurrentHashMap<>();
  private final List<String> ended = new CopyOnWriteArrayList<>();
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private final List<String> mechanisms = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch silent = new CountDownLatch(1);
  private final @Nullable SSLSocketFactory tls;
  private final boolean tlsFromFirstByte;

  /** A decent server, until it is told otherwise. */
  public ScriptedSmtp() throws IOException {
    this(null, false);
  }

  /** The same with TLS: when the client asks for it, or from the first byte. */
  ScriptedSmtp(@Nullable SSLSocketFactory tls, boolean fromFirstByte) throws IOException {
    this.tls = tls;
    this.tlsFromFirstByte = fromFirstByte;
    startOver();
    Thread.ofVirtual().start(this::serve);
  }

  public int port() {
    return server.getLocalPort();
  }

  /**
   * Answers this command so from now on: with one after the other, and the last again and again.
   */
  public void answer(String command, String... inTurn) {
    answers.put(command, new ConcurrentLinkedDeque<>(List.of(inTurn)));
  }

  /** Is decent again, and knows of no mails. */
  public void startOver() {
    DECENT.forEach(this::answer);
    ended.clear();
    taken.clear();
  }

  /** The {@code Message-ID}s of mails whose end has arrived, each as often as it has. */
  public List<String> ended() {
    return List.copyOf(ended);
  }

  /** The same of mails for which it has then said that it takes them. */
  public List<String> taken() {
    return List.copyOf(taken);
  }

  /** How clients have authenticated, each time. */
  List<String> mechanisms() {
    return List.copyOf(mechanisms);
  }

  int connections() {
    return connections.get();
  }

  /** What it has been told, the first word of each, and all of who is to get a mail from whom. */
  public List<String> commands() {
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
  public void hangUp() throws IOException {
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

  private void talk(Socket plain) {
    try (plain) {
      Socket socket = tlsFromFirstByte ? secured(plain) : plain;
      BufferedReader in = reader(socket);
      OutputStream out = socket.getOutputStream();
      boolean content = false;
      String id = "";
      boolean goOn = say(socket, out, "CONNECT", "");
      while (goOn) {
        String line = in.readLine();
        if (line == null) {
          return;
        }
        if (content && !line.equals(".")) {
          id = line.startsWith("Message-ID: ") ? line.substring(13, line.length() - 1) : id;
          continue;
        }
        String command = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
        if (command.equals("AUTH")) {
          mechanisms.add(line.split(" ", 3)[1]);
        }
        commands.add(command.equals("MAIL") || command.equals("RCPT") ? line : command);
        if (command.equals(".")) {
          ended.add(id);
        }
        content = command.equals("DATA") && next("DATA").startsWith("354");
        goOn = say(socket, out, command, id);
        if (command.equals("STARTTLS") && tls != null) {
          socket = secured(plain);
          in = reader(socket);
          out = socket.getOutputStream();
        }
      }
    } catch (IOException gone) {
      // So is this conversation.
    } finally {
      sockets.remove(plain);
    }
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  private Socket secured(Socket plain) throws IOException {
    SSLSocket secured =
        (SSLSocket) Objects.requireNonNull(tls).createSocket(plain, null, plain.getPort(), true);
    secured.setUseClientMode(false);
    secured.startHandshake();
    return secured;
  }

  private String next(String command) {
    Deque<String> inTurn = answers.getOrDefault(command, new ArrayDeque<>(List.of("502 what?")));
    return Objects.requireNonNull(inTurn.peekFirst());
  }

  private synchronized String taken(String command) {
    Deque<String> inTurn = answers.getOrDefault(command, new ArrayDeque<>(List.of("502 what?")));
    return Objects.requireNonNull(inTurn.size() > 1 ? inTurn.pollFirst() : inTurn.peekFirst());
  }

  private boolean say(Socket socket, OutputStream out, String command, String id)
      throws IOException {
    String answer = taken(command);
    return switch (answer) {
      case HANG_UP -> false;
      case RESET -> {
        socket.setSoLinger(true, 0);
        yield false;
      }
      case SILENCE -> {
        silent.countDown();
        yield true;
      }
      default -> {
        if (command.equals(".") && answer.startsWith("250")) {
          taken.add(id);
        }
        out.write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
        yield true;
      }
    };
  }
}
