package io.taskfleet.worker.email;

import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.SingleLine;
import io.taskfleet.worker.email.FetchedAttachments.File;
import io.taskfleet.worker.failure.TaskRejectedException;
import jakarta.activation.DataHandler;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePart;
import jakarta.mail.internet.MimeUtility;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.UnsupportedEncodingException;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes the mail of a task: the same for the same date, but for the MIME boundaries. */
final class MailComposer {
  private static final String UTF_8 = StandardCharsets.UTF_8.name();

  /** Those of UTS 46: sharp s, final sigma, and the joiners. */
  private static final String DEVIATIONS = "\u00df\u1e9e\u03c2\u200c\u200d";

  private final Session session;
  private final String defaultFrom;

  MailComposer(String defaultFrom) {
    Properties settings = new Properties();
    settings.put("mail.mime.allowutf8", "true");
    this.session = Session.getInstance(settings);
    this.defaultFrom = defaultFrom;
  }

  /** What a mail says, filled in. */
  record Content(String subject, @Nullable String text, @Nullable String html) {}

  /** A mail, and from whom to whom it goes. */
  record Composed(MimeMessage mail, Envelope envelope) {}

  /**
   * The whole mail.
   *
   * @param messageId without angle brackets
   * @throws TaskRejectedException if an address or a header cannot stand in a mail
   */
  Composed compose(
      EmailPayload payload, Content content, List<File> files, String messageId, Instant date)
      throws MessagingException, TaskRejectedException {
    MimeMessage mail = new IdentifiedMail(session, messageId);
    mail.setFrom(address(Objects.requireNonNullElse(payload.from(), defaultFrom)));
    if (payload.replyTo() != null) {
      mail.setReplyTo(new InternetAddress[] {address(payload.replyTo())});
    }
    addRecipients(mail, Message.RecipientType.TO, payload.to());
    addRecipients(mail, Message.RecipientType.CC, payload.cc());
    addHeaders(mail, payload);
    mail.setSubject(singleLine(content.subject()), UTF_8);
    mail.setSentDate(Date.from(date));
    setContent(mail, content, files);
    mail.saveChanges();
    return new Composed(mail, envelope(payload));
  }

  /**
   * From whom to whom the mail of this task goes.
   *
   * @throws TaskRejectedException if an address cannot stand in a mail
   */
  Envelope envelope(EmailPayload payload) throws TaskRejectedException {
    String sender = onTheWire(Objects.requireNonNullElse(payload.from(), defaultFrom));
    List<String> recipients = onTheWire(payload.recipients());
    List<String> mentioned = new ArrayList<>(recipients);
    mentioned.add(sender);
    mentioned.addAll(onTheWire(payload.to()));
    mentioned.addAll(onTheWire(Objects.requireNonNullElse(payload.cc(), List.of())));
    if (payload.replyTo() != null) {
      mentioned.add(onTheWire(payload.replyTo()));
    }
    boolean utf8 = mentioned.stream().anyMatch(each -> each.chars().anyMatch(c -> c > '~'));
    return new Envelope(sender, recipients.stream().distinct().toList(), utf8);
  }

  private static List<String> onTheWire(List<String> mailboxes) throws TaskRejectedException {
    List<String> addresses = new ArrayList<>();
    for (String each : mailboxes) {
      addresses.add(onTheWire(each));
    }
    return addresses;
  }

  private static void addHeaders(MimeMessage mail, EmailPayload payload)
      throws MessagingException, TaskRejectedException {
    if (payload.headers() != null) {
      for (Map.Entry<String, String> each : payload.headers().entrySet()) {
        mail.setHeader(each.getKey(), folded(each.getKey(), singleLine(each.getValue())));
      }
    }
    List<String> unsubscribe = payload.listUnsubscribe();
    if (unsubscribe != null) {
      for (String each : unsubscribe) {
        String _ = singleLine(each);
      }
      mail.setHeader(
          "List-Unsubscribe",
          unsubscribe.stream().map(each -> '<' + each + '>').collect(Collectors.joining(",\r\n ")));
      if (unsubscribe.stream().anyMatch(each -> each.startsWith("https:"))) {
        // RFC 8058: the receiver's client may unsubscribe by itself, with one POST.
        mail.setHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
      }
    }
  }

  private static String folded(String name, String value) throws TaskRejectedException {
    try {
      return MimeUtility.fold(name.length() + 2, MimeUtility.encodeText(value, UTF_8, null));
    } catch (UnsupportedEncodingException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }

  /** Pictures that the HTML shows are kept with it, files beside both (RFC 2387, RFC 2046). */
  private static void setContent(MimeMessage mail, Content content, List<File> files)
      throws MessagingException {
    List<File> shown = files.stream().filter(each -> each.contentId() != null).toList();
    List<File> attached = files.stream().filter(each -> each.contentId() == null).toList();
    if (attached.isEmpty()) {
      setBody(mail, content, shown);
      return;
    }
    MimeBodyPart body = new MimeBodyPart();
    setBody(body, content, shown);
    MimeMultipart mixed = new MimeMultipart("mixed", body);
    for (File each : attached) {
      mixed.addBodyPart(part(each));
    }
    mail.setContent(mixed);
  }

  private static void setBody(MimePart target, Content content, List<File> shown)
      throws MessagingException {
    String text = content.text();
    if (content.html() == null) {
      setText(target, Objects.requireNonNullElse(text, ""), "plain", shown);
    } else if (text == null) {
      setText(target, content.html(), "html", shown);
    } else {
      MimeBodyPart plain = new MimeBodyPart();
      setText(plain, text, "plain", List.of());
      MimeBodyPart rich = new MimeBodyPart();
      setText(rich, content.html(), "html", shown);
      target.setContent(new MimeMultipart("alternative", plain, rich));
    }
  }

  private static void setText(MimePart target, String text, String subtype, List<File> shown)
      throws MessagingException {
    if (shown.isEmpty()) {
      target.setText(text, UTF_8, subtype);
      return;
    }
    MimeBodyPart body = new MimeBodyPart();
    body.setText(text, UTF_8, subtype);
    MimeMultipart related = new MimeMultipart("related", body);
    for (File each : shown) {
      related.addBodyPart(part(each));
    }
    target.setContent(related);
  }

  private static MimeBodyPart part(File file) throws MessagingException {
    MimeBodyPart part = new EncodedPart();
    part.setDataHandler(new DataHandler(new ByteArrayDataSource(file.bytes(), type(file))));
    part.setFileName(file.name());
    part.setDisposition(file.contentId() == null ? Part.ATTACHMENT : Part.INLINE);
    if (file.contentId() != null) {
      part.setContentID('<' + file.contentId() + '>');
    }
    return part;
  }

  /** Of what consists of parts a mail must keep every byte as it is, which it cannot promise. */
  private static String type(File file) {
    String type = file.type().toLowerCase(Locale.ROOT);
    return type.startsWith("message/") || type.startsWith("multipart/")
        ? FetchedAttachments.UNKNOWN_TYPE
        : file.type();
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

  /** How a server is told this address. */
  static String onTheWire(String mailbox) throws TaskRejectedException {
    return address(mailbox).getAddress();
  }

  /**
   * A domain beyond ASCII is written in its ASCII form, which every server takes (RFC 5891). Java
   * knows those of RFC 3490, which took some characters for others, or for nothing: that domain may
   * be somebody else's.
   */
  private static InternetAddress address(String mailbox) throws TaskRejectedException {
    int at = mailbox.lastIndexOf('@');
    if (mailbox.substring(at + 1).chars().anyMatch(c -> DEVIATIONS.indexOf(c) >= 0)) {
      throw new TaskRejectedException(
          ReasonCode.VALIDATION_FAILED, "a domain with ß, ς or a joiner needs its xn-- form");
    }
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
    if (!SingleLine.Check.isSingleLine(value)) {
      throw new TaskRejectedException(
          ReasonCode.HEADER_INJECTION, "a header must not hold line breaks or control characters");
    }
    return value;
  }

  /** Files are of bytes: a text among them must not have its line ends changed on the way. */
  private static final class EncodedPart extends MimeBodyPart {
    @Override
    protected void updateHeaders() throws MessagingException {
      super.updateHeaders();
      setHeader("Content-Transfer-Encoding", "base64");
    }
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
