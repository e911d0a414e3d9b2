package io.taskfleet.localstack;

import java.net.InetAddress;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.subethamail.smtp.server.SMTPServer;

/**
 * An SMTP server that delivers nothing and keeps what it receives, in memory, for tests and over
 * HTTP in the shape of Mailpit's API. The newest 50,000 mails are kept, or 128 MiB of them.
 *
 * <p>It takes every recipient but those whose local part starts with {@code refused}, until {@link
 * #answer(Function)} says otherwise. Stopping it closes the SMTP port; the mails stay readable.
 */
public final class MailSink implements LocalServer {
  private static final int MAX_MAILS = 50_000;
  private static final long MAX_BYTES = 128L << 20;
  private static final int MAX_MAIL_BYTES = 25 << 20;

  private final int port;
  private final Mailbag mailbag = new Mailbag(MAX_MAILS, MAX_BYTES);
  private final MailHttp http;
  private volatile Function<String, SmtpReply> policy = MailSink::refuseTheRefused;

  // Guarded by this.
  private @Nullable RunningSmtp running;

  MailSink(int port, int httpPort) {
    this.port = port;
    this.http = new MailHttp(httpPort, mailbag);
  }

  @Override
  public String name() {
    return "SMTP";
  }

  @Override
  public int port() {
    return port;
  }

  /** Where mails can be read, {@code http://127.0.0.1:port}. */
  public String url() {
    return http.url();
  }

  /** The mails that are kept, the newest first. */
  public List<ReceivedMail> messages() {
    return mailbag.newestFirst();
  }

  /** The newest mail with this {@code Message-ID}, with or without its angle brackets. */
  public Optional<ReceivedMail> message(String messageId) {
    String bare =
        messageId.startsWith("<") ? messageId.substring(1, messageId.length() - 1) : messageId;
    return messages().stream().filter(mail -> mail.messageId().equals(bare)).findFirst();
  }

  /** How many mails have been received since the stack was built, dropped and cleared included. */
  public long received() {
    return mailbag.received();
  }

  /** Forgets the mails kept so far, though not how many there were. */
  public void clear() {
    mailbag.clear();
  }

  /**
   * Decides from now on what each recipient is answered. The function runs on the thread of the
   * connection, so that one that blocks is a slow server.
   *
   * @param recipientToReply from the bare address to the reply
   */
  public void answer(Function<String, SmtpReply> recipientToReply) {
    policy = recipientToReply;
  }

  /** Goes back to refusing only local parts that start with {@code refused}. */
  public void answerAsUsual() {
    policy = MailSink::refuseTheRefused;
  }

  @Override
  public synchronized boolean isRunning() {
    return running != null;
  }

  @Override
  public synchronized void start() {
    if (running != null) {
      return;
    }
    http.start();
    ExecutorService connections =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("smtp-", 0).factory());
    SMTPServer server =
        SMTPServer.port(port)
            .bindAddress(InetAddress.getLoopbackAddress())
            .hostName("localhost")
            .softwareName("Taskfleet mail sink")
            .maxMessageSize(MAX_MAIL_BYTES)
            .insertReceivedHeaders(false)
            .executorService(connections)
            .messageHandlerFactory(
                context -> new SmtpTransaction(r -> policy.apply(r), mailbag, Clock.systemUTC()))
            .build();
    try {
      server.start();
    } catch (RuntimeException e) {
      connections.close();
      throw new LocalStackException("SMTP could not be started on port " + port, e);
    }
    running = new RunningSmtp(server, connections);
  }

  @Override
  public synchronized void stop() {
    if (running != null) {
      running.stop();
      running = null;
    }
  }

  /** Does what {@link #stop()} does: the sink has nothing to flush. */
  @Override
  public void kill() {
    stop();
  }

  void close() {
    stop();
    http.stop();
  }

  private static SmtpReply refuseTheRefused(String recipient) {
    return recipient.startsWith("refused") ? SmtpReply.MAILBOX_UNAVAILABLE : SmtpReply.ACCEPTED;
  }

  private record RunningSmtp(SMTPServer server, ExecutorService connections) {

    // Connections first: the server waits for them without a limit, and a test's policy may block.
    void stop() {
      connections.shutdownNow();
      server.stop();
    }
  }
}
