package io.taskfleet.worker.email;

import io.taskfleet.worker.failure.RemoteRefusal;
import io.taskfleet.worker.failure.SmtpReply;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a server. It holds the dialogue of a mail itself, to know of each recipient
 * what was answered, and of each mail how far it got: before its content the mail can go another
 * way without being sent twice, and once its end is on the way nobody knows what became of it until
 * the server says so.
 */
final class SmtpConnection extends SMTPTransport {
  private static final String[] NOT_SENT = {"Bcc"};

  private final EmailProperties.Provider settings;
  private final Socket socket;
  private int mails;
  private boolean contentBegun;
  private boolean usable;

  // By the clock of System.nanoTime.
  private long contentBy;

  /**
   * A connection that is yet to greet.
   *
   * @param socket where the server is, TLS included if it is spoken from the first byte
   */
  SmtpConnection(Session session, EmailProperties.Provider settings, Socket socket) {
    super(session, null);
    this.settings = settings;
    this.socket = socket;
  }

  /** Greets the server and authenticates; its first mail's content must begin by then. */
  synchronized void open(long contentBy) throws MessagingException {
    begin(contentBy);
    connect(socket);
  }

  @Override
  protected boolean protocolConnect(
      @Nullable String host, int port, @Nullable String user, @Nullable String password)
      throws MessagingException {
    return super.protocolConnect(
        settings.host(), settings.port(), settings.username(), settings.password());
  }

  @Override
  protected int readServerResponse() throws MessagingException {
    try {
      socket.setSoTimeout(patience());
    } catch (IOException e) {
      throw new MessagingException("connection failed", e);
    }
    return super.readServerResponse();
  }

  /** The next mail's content must begin by then. */
  synchronized void begin(long contentBy) {
    contentBegun = false;
    this.contentBy = contentBy;
  }

  /**
   * Sends the mail to those the server takes.
   *
   * @param ownSender whether the sender is the one of the configuration, so that its refusal is
   *     everybody's problem
   * @return what the server said of each recipient, at least one of whom it has taken
   * @throws RemoteRefusal if it has taken none, or not the mail
   * @throws MessagingException or an {@code IOException}, if the connection broke before the end of
   *     the mail was on the way
   * @throws UnknownOutcomeException if it broke later
   */
  synchronized List<RecipientReply> send(MimeMessage mail, Envelope envelope, boolean ownSender)
      throws MessagingException, IOException, RemoteRefusal, UnknownOutcomeException {
    mails++;
    usable = false;
    boolean utf8 = envelope.needsUtf8();
    if (utf8 && !supportsExtension("SMTPUTF8")) {
      usable = true;
      throw SmtpRefusals.ofMail(SmtpRefusals.NO_UTF8);
    }
    SmtpReply sender = ask("MAIL FROM:<" + envelope.sender() + '>' + (utf8 ? " SMTPUTF8" : ""));
    if (!sender.isPositive()) {
      reset(sender);
      throw SmtpRefusals.atMailFrom(sender, ownSender);
    }
    List<RecipientReply> replies = new ArrayList<>();
    for (String recipient : envelope.recipients()) {
      replies.add(new RecipientReply(recipient, ask("RCPT TO:<" + recipient + '>')));
    }
    if (replies.stream().noneMatch(RecipientReply::isAccepted)) {
      SmtpReply decisive = RecipientReply.decisive(replies);
      reset(decisive);
      throw SmtpRefusals.ofMail(decisive);
    }
    transmit(mail);
    return replies;
  }

  private void transmit(MimeMessage mail)
      throws MessagingException, IOException, RemoteRefusal, UnknownOutcomeException {
    OutputStream content;
    try {
      content = data();
    } catch (SMTPSendFailedException refused) {
      throw refusedMail(refused);
    }
    contentBegun = true;
    mail.writeTo(content, NOT_SENT);
    content.flush();
    try {
      finishData();
    } catch (SMTPSendFailedException refused) {
      if (refused.getReturnCode() > 0) {
        throw refusedMail(refused);
      }
      throw new UnknownOutcomeException(new EOFException());
    } catch (MessagingException | IOException broken) {
      throw new UnknownOutcomeException(broken);
    }
    usable = true;
  }

  /** The library has reset the dialogue already. */
  private RemoteRefusal refusedMail(SMTPSendFailedException refused) throws EOFException {
    SmtpReply reply = SmtpReply.of(refused.getReturnCode(), refused.getMessage());
    if (reply.code() <= 0) {
      throw new EOFException();
    }
    usable = isGoingOn(reply);
    return SmtpRefusals.ofMail(reply);
  }

  /** A server that closes is told nothing more. */
  private SmtpReply ask(String command) throws MessagingException, IOException, RemoteRefusal {
    int code = simpleCommand(command);
    if (code <= 0) {
      throw new EOFException();
    }
    SmtpReply reply = SmtpReply.of(code, getLastServerResponse());
    if (!isGoingOn(reply)) {
      throw SmtpRefusals.ofMail(reply);
    }
    return reply;
  }

  private void reset(SmtpReply refused) throws MessagingException {
    usable = isGoingOn(refused) && SmtpReply.of(simpleCommand("RSET"), null).isPositive();
  }

  private static boolean isGoingOn(SmtpReply reply) {
    return reply.code() != SmtpRefusals.CLOSING;
  }

  private int patience() throws SocketTimeoutException {
    long read = settings.timeouts().read().toMillis();
    if (contentBegun) {
      return (int) read;
    }
    long left = TimeUnit.NANOSECONDS.toMillis(contentBy - System.nanoTime());
    if (left <= 0) {
      throw new SocketTimeoutException("no content yet");
    }
    return (int) Math.min(read, left);
  }

  /** How many mails have been begun on it. */
  synchronized int mails() {
    return mails;
  }

  /** Whether it is ready for another mail. */
  synchronized boolean isUsable() {
    return usable;
  }

  /** Whether it has been used for an earlier mail and failed this one before its content. */
  synchronized boolean wasStale() {
    return mails > 1 && !contentBegun;
  }

  /** Hangs up, without another word to a server that may not listen. */
  void hangUp() {
    try {
      socket.close();
    } catch (IOException alreadyBroken) {
      // It is gone, and that was the purpose.
    }
  }
}
