package io.taskfleet.localstack;

import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A mail as the sink received it. Only the bytes are kept; the headers are read when they are asked
 * for, so that receiving stays cheap, and remembered as long as memory allows.
 */
public final class ReceivedMail {
  // One for all: each new session looks for providers in every jar, which takes milliseconds.
  private static final Session SESSION = Session.getInstance(new Properties());

  private final String id;
  private final Instant receivedAt;
  private final String sender;
  private final List<String> recipients;
  private final byte[] source;
  private volatile SoftReference<MimeMessage> parsed = new SoftReference<>(null);

  ReceivedMail(
      String id, Instant receivedAt, String sender, List<String> recipients, byte[] source) {
    this.id = id;
    this.receivedAt = receivedAt;
    this.sender = sender;
    this.recipients = List.copyOf(recipients);
    this.source = source;
  }

  /** The sink's own name for this mail. */
  public String id() {
    return id;
  }

  /** When its last line arrived. */
  public Instant receivedAt() {
    return receivedAt;
  }

  /** The address given with {@code MAIL FROM}. */
  public String sender() {
    return sender;
  }

  /** The addresses given with {@code RCPT TO} and accepted. */
  public List<String> recipients() {
    return recipients;
  }

  /** The {@code Message-ID} header without its angle brackets, empty when there is none. */
  public String messageId() {
    String header = header("Message-ID").orElse("").strip();
    return header.startsWith("<") && header.endsWith(">")
        ? header.substring(1, header.length() - 1)
        : header;
  }

  /** The {@code Subject} header, decoded, empty when there is none. */
  public String subject() {
    try {
      return Objects.requireNonNullElse(parsed().getSubject(), "");
    } catch (MessagingException e) {
      return "";
    }
  }

  /** The first address of the {@code From} header, or the sender when there is none. */
  public Mailbox from() {
    try {
      return mailboxes(parsed().getFrom()).findFirst().orElse(new Mailbox("", sender));
    } catch (MessagingException e) {
      return new Mailbox("", sender);
    }
  }

  /** The addresses of the {@code To} header. */
  public List<Mailbox> to() {
    try {
      return mailboxes(parsed().getRecipients(Message.RecipientType.TO)).toList();
    } catch (MessagingException e) {
      return List.of();
    }
  }

  /** The value of the first header of this name, as it came. */
  public Optional<String> header(String name) {
    try {
      String[] values = parsed().getHeader(name);
      return values == null ? Optional.empty() : Optional.of(values[0]);
    } catch (MessagingException e) {
      return Optional.empty();
    }
  }

  /** The whole mail as text; bytes beyond UTF-8 are replaced. */
  public String source() {
    return new String(source, StandardCharsets.UTF_8);
  }

  /** The size of the whole mail in bytes. */
  public int size() {
    return source.length;
  }

  byte[] bytes() {
    return source;
  }

  private MimeMessage parsed() throws MessagingException {
    MimeMessage known = parsed.get();
    if (known == null) {
      known = new MimeMessage(SESSION, new ByteArrayInputStream(source));
      parsed = new SoftReference<>(known);
    }
    return known;
  }

  private static Stream<Mailbox> mailboxes(Address @Nullable [] addresses) {
    return addresses == null
        ? Stream.empty()
        : Stream.of(addresses)
            .filter(InternetAddress.class::isInstance)
            .map(InternetAddress.class::cast)
            .map(a -> new Mailbox(Objects.requireNonNullElse(a.getPersonal(), ""), a.getAddress()));
  }

  /**
   * An address with the name beside it.
   *
   * @param name empty when only the address was given
   * @param address such as {@code ada@example.org}
   */
  public record Mailbox(String name, String address) {}
}
