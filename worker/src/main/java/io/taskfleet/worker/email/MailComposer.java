package io.taskfleet.worker.email;

import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.worker.failure.TaskRejectedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes the mail of a task: the same for every attempt but for the MIME boundary. */
final class MailComposer {
  private static final String UTF_8 = StandardCharsets.UTF_8.name();

  private final Session session;
  private final String defaultFrom;

  MailComposer(Session session, String defaultFrom) {
    this.session = session;
    this.defaultFrom = defaultFrom;
  }

  /**
   * The whole mail.
   *
   * @param messageId without angle brackets
   * @throws TaskRejectedException if an address or the subject cannot stand in a mail
   */
  MimeMessage compose(EmailPayload payload, String messageId, Instant createdAt)
      throws MessagingException, TaskRejectedException {
    MimeMessage mail = new IdentifiedMail(session, messageId);
    mail.setFrom(address(Objects.requireNonNullElse(payload.from(), defaultFrom)));
    if (payload.replyTo() != null) {
      mail.setReplyTo(new InternetAddress[] {address(payload.replyTo())});
    }
    addRecipients(mail, Message.RecipientType.TO, payload.to());
    addRecipients(mail, Message.RecipientType.CC, payload.cc());
    addRecipients(mail, Message.RecipientType.BCC, payload.bcc());
    mail.setSubject(singleLine(payload.subject()), UTF_8);
    mail.setSentDate(Date.from(createdAt));
    setBody(mail, payload.text(), payload.html());
    mail.saveChanges();
    return mail;
  }

  private static void setBody(MimeMessage mail, @Nullable String text, @Nullable String html)
      throws MessagingException {
    if (text != null && html != null) {
      MimeBodyPart plain = new MimeBodyPart();
      plain.setText(text, UTF_8, "plain");
      MimeBodyPart rich = new MimeBodyPart();
      rich.setText(html, UTF_8, "html");
      mail.setContent(new MimeMultipart("alternative", plain, rich));
    } else if (html != null) {
      mail.setText(html, UTF_8, "html");
    } else {
      mail.setText(Objects.requireNonNullElse(text, ""), UTF_8, "plain");
    }
  }

  private static void addRecipients(
      MimeMessage mail, Message.RecipientType kind, @Nullable List<String> recipients)
      throws MessagingException, TaskRejectedException {
    if (recipients == null) {
      return;
    }
    List<InternetAddress> addresses = new ArrayList<>();
    for (String recipient : recipients) {
      addresses.add(address(recipient));
    }
    mail.setRecipients(kind, addresses.toArray(InternetAddress[]::new));
  }

  /** A domain beyond ASCII is written in its ASCII form, which every server takes (RFC 5891). */
  private static InternetAddress address(String mailbox) throws TaskRejectedException {
    int at = mailbox.lastIndexOf('@');
    try {
      String domain = IDN.toASCII(mailbox.substring(at + 1), IDN.USE_STD3_ASCII_RULES);
      InternetAddress address =
          new InternetAddress(singleLine(mailbox.substring(0, at + 1)) + domain, true);
      address.validate();
      return address;
    } catch (AddressException | IllegalArgumentException e) {
      throw new TaskRejectedException(
          ReasonCode.VALIDATION_FAILED, "an address cannot stand in a mail");
    }
  }

  /** Intake has checked this; a header that starts where a value should end is worth two looks. */
  private static String singleLine(String value) throws TaskRejectedException {
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new TaskRejectedException(
          ReasonCode.HEADER_INJECTION, "a header must not hold line breaks");
    }
    return value;
  }

  /** A mail that knows its id; the library would make one up, from this host's name. */
  private static final class IdentifiedMail extends MimeMessage {
    private final String id;

    IdentifiedMail(Session session, String id) {
      super(session);
      this.id = id;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", "<" + id + ">");
    }
  }
}
